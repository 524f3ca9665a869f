/** The history once it is loaded: list, canvas, timeline, and what is done with a version. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { versionRestore, versionsCompare } from '../api/history'
import type { History, Restore, Versions } from '../api/schema'
import type { Catalog } from '../catalog/catalog'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import { useQueryView } from '../ui/useQueryView'
import type { Item } from '../ui/versions/EntryList'
import { versionName } from '../ui/versions/format'
import { texts } from '../ui/versions/texts'
import { ComparisonCanvas } from './ComparisonCanvas'
import css from './HistoryPage.module.css'
import { Panel } from './Panel'
import { Summary } from './Summary'
import { sceneOf } from './scene'
import { Timeline } from './Timeline'
import { useWalk, Walk } from './Walk'

interface Props {
  slug: string
  catalog: Catalog
  kept: Versions
  pages: readonly History[]
  more: (() => void) | null
  busy: boolean
}

interface View {
  from: number | null
  /** Null is the draft as it is now. */
  to: number | null
}

const QUERY = {
  parse(query: string): View {
    const given = new URLSearchParams(query)
    const read = (name: string) => Number(given.get(name)) || null
    return { from: read('from'), to: read('to') }
  },
  write({ from, to }: View): string {
    const query = new URLSearchParams()
    if (from !== null) query.set('from', String(from))
    if (to !== null) query.set('to', String(to))
    const text = query.toString()
    return text && `?${text}`
  },
}

export function HistoryView({ slug, catalog, kept, pages, more, busy }: Props) {
  const client = useQueryClient()
  const [view, show] = useQueryView<View>(QUERY)
  const [sending, setSending] = useState(false)
  const now = kept.version
  const mayRestore = kept.role === 'owner' || kept.role === 'edit'
  const entries = useMemo(() => pages.flatMap(page => page.entries), [pages])
  const live = kept.versions.find(row => row.live)
  const to = Math.min(view.to ?? now, now)
  const from = Math.min(view.from ?? live?.version ?? entries[0]?.before ?? now, to)
  // While a handle is dragged only where it rests is requested.
  const [shownFrom, shownTo] = useDeferredValue(useMemo(() => [from, to] as const, [from, to]))
  const compared = useQuery({
    queryKey: ['comparison', slug, shownFrom, shownTo],
    queryFn: ({ signal }) => versionsCompare(slug, shownFrom, shownTo, signal),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const found = compared.data
  const scene = useMemo(() => (found ? sceneOf(found) : null), [found])
  const changes = scene?.changes ?? []
  const { current, setCurrent, at, step } = useWalk(changes)
  const nameOf = (version: number) => versionName(version, now, kept.versions)

  const reload = () =>
    Promise.all(
      ['versions', 'history', 'comparison'].map(key =>
        client.invalidateQueries({ queryKey: [key, slug] }),
      ),
    )
  const restore = async (body: Restore) => {
    setSending(true)
    try {
      await versionRestore(slug, body)
      // The draft is compared again: what is restored is no difference any more.
      show({ from: body.version ?? null, to: null }, true)
      await reload()
      toast(texts.restored, {
        action: {
          label: texts.undo,
          run: () => void restore({ ...body, version: now }),
        },
      })
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    } finally {
      setSending(false)
    }
  }
  const open = (item: Item, other: boolean) => {
    setCurrent(null)
    const start = item.kind === 'entry' ? item.entry.before : item.version
    if (!other) show({ from: start, to: null })
    else show({ from: Math.min(start, from), to: Math.max(item.version, from) })
  }

  return (
    <div className={css.page}>
      <header className={css.top}>
        <a className={css.back} href={`/app/editor/${encodeURIComponent(slug)}`}>
          <ArrowLeft aria-hidden size={16} />
          {texts.backToEditing}
        </a>
        <h1>{found?.after.name ?? slug}</h1>
        <span className={css.space} />
        <Walk at={at} count={changes.length} onStep={step} />
      </header>
      <main className={css.main} aria-busy={compared.isFetching}>
        {scene && (
          <ComparisonCanvas
            scene={scene}
            shared={{
              catalog,
              current,
              busy: sending,
              mayRestore,
              restoreNode: id => void restore({ version: from, nodes: [id] }),
              restoreField: (node, field) =>
                void restore({ version: from, fields: [{ node, field }] }),
            }}
            onSelect={setCurrent}
          />
        )}
        <div className={css.summary} role="status">
          {compared.error ? (
            <span className={css.bad}>{errorMessage(compared.error)}</span>
          ) : (
            found && (
              <Summary found={found} from={nameOf(from)} to={nameOf(to)} same={from === to} />
            )
          )}
        </div>
      </main>
      <Timeline
        current={now}
        from={from}
        to={to}
        entries={entries}
        versions={kept.versions}
        nameOf={nameOf}
        onMove={(start, end) => show({ from: start, to: end === now ? null : end }, true)}
      />
      <Panel
        slug={slug}
        catalog={catalog}
        kept={kept}
        pages={pages}
        found={found ?? null}
        from={from}
        to={to}
        nameOf={nameOf}
        sending={sending}
        mayRestore={mayRestore}
        more={more}
        busy={busy}
        onOpen={open}
        onRestore={() => void restore({ version: from })}
        onChanged={reload}
      />
    </div>
  )
}
