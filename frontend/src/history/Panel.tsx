/** The side of the history: results of both versions, the entries, and what is done with a version. */
import { CopyPlus, Flag, Rocket, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { versionDuplicate, versionPublish } from '../api/history'
import type { Comparison, History, KeptVersion, Versions } from '../api/schema'
import type { Catalog } from '../catalog/catalog'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import { Button } from '../ui/controls/Button'
import { ImageView } from '../ui/media/ImageView'
import { resultImage } from '../ui/media/image'
import type { Item } from '../ui/versions/EntryList'
import { HistoryList } from '../ui/versions/HistoryList'
import { texts } from '../ui/versions/texts'
import css from './HistoryPage.module.css'
import { KeepDialog } from './KeepDialog'

interface Props {
  slug: string
  catalog: Catalog
  kept: Versions
  pages: readonly History[]
  found: Comparison | null
  from: number
  to: number
  nameOf: (version: number) => string
  sending: boolean
  mayRestore: boolean
  more: (() => void) | null
  busy: boolean
  onOpen: (item: Item, other: boolean) => void
  onRestore: () => void
  onChanged: () => Promise<unknown>
}

export function Panel(props: Props) {
  const { kept, pages, found, from, to, nameOf, catalog, more } = props
  const isEmpty = pages.every(page => !page.entries.length && !page.versions.length)
  return (
    <aside className={css.panel} aria-label={texts.history}>
      <HistoryList
        catalog={catalog}
        pages={pages}
        from={from}
        to={to}
        more={more}
        busy={props.busy}
        onOpen={props.onOpen}
      >
        {found && !isEmpty && (
          <div className={css.results}>
            <Result side={found.before} name={nameOf(from)} />
            <Result side={found.after} name={nameOf(to)} />
          </div>
        )}
      </HistoryList>
      <Actions {...props} live={kept.live} />
    </aside>
  )
}

function Result({ side, name }: { side: Comparison['before']; name: string }) {
  const url = side.run && resultImage(side.run.result)
  return (
    <figure className={css.result}>
      <div>
        {url ? (
          <ImageView src={url} alt={texts.resultOf(name)} />
        ) : side.run ? (
          <p>{wordsOf(side.run.result)}</p>
        ) : (
          <span>{texts.notRun}</span>
        )}
      </div>
      <figcaption>{name}</figcaption>
    </figure>
  )
}

const wordsOf = (result: unknown) => {
  const values = typeof result === 'object' && result ? Object.values(result) : [result]
  return values.find(value => typeof value === 'string') ?? JSON.stringify(result)
}

function Actions({
  slug,
  kept,
  from,
  to,
  nameOf,
  sending,
  mayRestore,
  onRestore,
  onChanged,
  live,
}: Props & {
  live: number | null
}) {
  const [dialog, setDialog] = useState<'name' | 'publish' | null>(null)
  const [busy, setBusy] = useState(false)
  const highest = Math.max(0, ...kept.versions.map(row => row.number ?? 0))
  const older = kept.versions.find(row => row.version === from && row.number !== null && !row.live)
  const isNow = from === kept.version
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true)
    try {
      await work()
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    } finally {
      setBusy(false)
    }
  }
  const done = async (row: KeptVersion) => {
    setDialog(null)
    await onChanged()
    toast(row.number === null ? texts.named(row.name) : texts.publishedNow(row.number))
  }
  return (
    <footer className={css.actions}>
      <p>
        {live === null ? texts.nothingIsLive : texts.isLive(live)}{' '}
        {!isNow && mayRestore && texts.restoringAdds}
      </p>
      {!isNow && (
        <>
          {mayRestore && (
            <Button
              icon={<Undo2 aria-hidden size={15} />}
              disabled={sending || busy}
              onClick={onRestore}
            >
              {texts.restoreAll(nameOf(from))}
            </Button>
          )}
          <Button
            icon={<CopyPlus aria-hidden size={15} />}
            disabled={busy}
            onClick={() =>
              void attempt(async () => {
                const made = await versionDuplicate(slug, from)
                location.assign(`/app/editor/${encodeURIComponent(made.slug)}`)
              })
            }
          >
            {texts.duplicate(nameOf(from))}
          </Button>
        </>
      )}
      {mayRestore && (
        <Button icon={<Flag aria-hidden size={15} />} onClick={() => setDialog('name')}>
          {texts.nameThis}
        </Button>
      )}
      {!kept.mayPublish ? (
        <p>{mayRestore ? texts.ownerPublishes : texts.onlyToLookAt}</p>
      ) : older?.number ? (
        <Button
          tone="primary"
          icon={<Rocket aria-hidden size={15} />}
          disabled={busy}
          onClick={() =>
            void attempt(async () => {
              await versionPublish(slug, older.number)
              await onChanged()
              toast(texts.isLiveNow(older.number ?? 0))
            })
          }
        >
          {texts.rollBack(older.number)}
        </Button>
      ) : (
        <Button
          tone="primary"
          icon={<Rocket aria-hidden size={15} />}
          onClick={() => setDialog('publish')}
        >
          {texts.publishAs(highest + 1)}
        </Button>
      )}
      {dialog && (
        <KeepDialog
          slug={slug}
          version={to}
          number={dialog === 'publish' ? highest + 1 : null}
          onDone={row => void done(row)}
          onClose={() => setDialog(null)}
        />
      )}
    </footer>
  )
}
