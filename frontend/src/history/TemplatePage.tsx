/** The newer version of a copy's template: what it changes, and taking it over or leaving it. */
import { useQuery } from '@tanstack/react-query'
import { ArrowLeft, Download } from 'lucide-react'
import { useMemo, useState } from 'react'
import { newerTemplateDecide, newerTemplateGet } from '../api/history'
import type { NewerTemplate } from '../api/schema'
import type { Catalog } from '../catalog/catalog'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import { Button } from '../ui/controls/Button'
import { LoadError } from '../ui/LoadError'
import { Toasts } from '../ui/shell/Toasts'
import { texts } from '../ui/versions/texts'
import { ComparisonCanvas } from './ComparisonCanvas'
import css from './HistoryPage.module.css'
import { Summary } from './Summary'
import { sceneOf } from './scene'
import { useCatalog } from './useCatalog'
import { useWalk, Walk } from './Walk'

export function TemplatePage({ slug }: { slug: string }) {
  const catalog = useCatalog()
  const newer = useQuery({
    queryKey: ['newer template', slug],
    queryFn: ({ signal }) => newerTemplateGet(slug, signal),
    retry: false,
  })
  const error = catalog.error ?? newer.error
  if (error) {
    return (
      <main className={css.failure}>
        <LoadError
          what={texts.theNewerVersion}
          message={errorMessage(error)}
          busy={catalog.isFetching || newer.isFetching}
          onRetry={() => {
            for (const query of [catalog, newer]) if (query.error) void query.refetch()
          }}
        />
      </main>
    )
  }
  if (!catalog.data || !newer.data) {
    return <div className={css.page} role="status" aria-label={texts.loadingTheNewerVersion} />
  }
  return (
    <>
      <TemplateView slug={slug} catalog={catalog.data} newer={newer.data} />
      <Toasts />
    </>
  )
}

interface Props {
  slug: string
  catalog: Catalog
  newer: NewerTemplate
}

function TemplateView({ slug, catalog, newer }: Props) {
  const { copiedFrom, version, comparison } = newer
  const scene = useMemo(() => sceneOf(comparison), [comparison])
  const { current, setCurrent, at, step } = useWalk(scene.changes)
  const [busy, setBusy] = useState(false)
  const number = version.number ?? 0
  const editor = `/app/editor/${encodeURIComponent(slug)}`
  const decide = async (take: boolean) => {
    setBusy(true)
    try {
      const { leftOut } = await newerTemplateDecide(slug, number, take)
      location.assign(take ? `${editor}?left-out=${leftOut}` : editor)
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
      setBusy(false)
    }
  }
  return (
    <div className={css.page}>
      <header className={css.top}>
        <a className={css.back} href={editor}>
          <ArrowLeft aria-hidden size={16} />
          {texts.backToEditing}
        </a>
        <h1>{texts.newerVersionOf(copiedFrom.name)}</h1>
        <span className={css.space} />
        <Walk at={at} count={scene.changes.length} onStep={step} />
      </header>
      <main className={css.main}>
        <ComparisonCanvas
          scene={scene}
          shared={{
            catalog,
            current,
            busy,
            mayRestore: false,
            restoreNode: () => undefined,
            restoreField: () => undefined,
          }}
          onSelect={setCurrent}
        />
        <div className={css.summary} role="status">
          <Summary
            found={comparison}
            from={
              copiedFrom.number === null
                ? texts.yourCopysVersion
                : texts.published(copiedFrom.number)
            }
            to={texts.published(number)}
            same={false}
          />
        </div>
      </main>
      <aside className={css.panel} aria-label={texts.newerVersion}>
        <div className={css.notes}>
          <h2>{texts.publishedName(number)}</h2>
          <p>{version.notes || texts.publishedBy(version.author?.name ?? texts.someone, '')}</p>
        </div>
        <footer className={css.actions}>
          <p>{texts.takingAdds}</p>
          <Button disabled={busy} onClick={() => void decide(false)}>
            {texts.dismiss}
          </Button>
          <Button
            tone="primary"
            icon={<Download aria-hidden size={15} />}
            disabled={busy}
            onClick={() => void decide(true)}
          >
            {texts.take(number)}
          </Button>
        </footer>
      </aside>
    </div>
  )
}
