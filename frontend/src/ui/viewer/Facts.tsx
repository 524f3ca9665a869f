/** What is known of a result: the file itself, and the nodes of the run that made it. */
import { useQuery } from '@tanstack/react-query'
import { Copy, History } from 'lucide-react'
import { runGraph } from '../../api/results'
import { runDetail } from '../../api/runs'
import type { Execution } from '../../api/schema'
import { catalogGet } from '../../api/workflows'
import { Catalog } from '../../catalog/catalog'
import { fileSize } from '../../lib/format'
import { money } from '../../lib/locale'
import { date, duration, playingTime } from '../../lib/time'
import { CopyButton } from '../text/CopyButton'
import { editorUrl } from '../workflows/queries'
import css from './Facts.module.css'
import { formatOf, kindOf } from './kind'
import { type MadeNode, madeOf, nodeOf, seedOf } from './made'
import type { ViewerItem } from './open'
import { texts } from './texts'

export function Facts({ item }: { item: ViewerItem }) {
  const { made, run, failed } = useMade(item)
  const { media } = item
  const last = made.at(-1)
  const seed = seedOf(made)
  const rows: [string, string][] = [
    [texts.size, media?.width && media.height ? texts.pixelSize(media.width, media.height) : ''],
    [texts.length, media?.duration ? playingTime(media.duration) : ''],
    [texts.format, media ? formatOf(media) : ''],
    [texts.bytes, fileSize(media?.size)],
    [texts.characters, item.text != null ? texts.characterCount(item.text.length) : ''],
    [texts.seed, seed],
    [texts.model, made.findLast(node => node.model)?.model ?? ''],
    [texts.cost, made.length ? costOf(made) : ''],
    [texts.duration, last && last.ms !== null ? duration(last.ms) : ''],
    [texts.madeAt, run ? date(new Date(run.createdAt), WHEN) : ''],
    [texts.file, media?.name ?? ''],
  ]
  return (
    <>
      {made.length > 0 && (
        <section className={css.made} aria-label={texts.made}>
          <h3>{texts.made}</h3>
          <ol>
            {made.map((node, place) => (
              <Node key={node.id} node={node} place={place + 1} />
            ))}
          </ol>
        </section>
      )}
      {failed && <p className={css.failed}>{texts.madeFailed}</p>}
      <section className={css.file} aria-label={texts.facts} data-kind={kindOf(item)}>
        <dl>
          {rows
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd title={value}>{value}</dd>
              </div>
            ))}
        </dl>
      </section>
      {run && <RunLinks run={run} />}
    </>
  )
}

const WHEN = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const

/** The run of a result and how it was made; both are requested only while it is shown. */
function useMade({ run: id, node, media }: ViewerItem) {
  const run = useQuery({
    queryKey: ['run', id],
    queryFn: ({ signal }) => runDetail(id ?? '', signal),
    enabled: Boolean(id),
    retry: false,
  })
  const graph = useQuery({
    queryKey: ['run-graph', id],
    queryFn: () => runGraph(id ?? ''),
    enabled: Boolean(id),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const catalog = useQuery({ queryKey: ['nodes'], queryFn: catalogGet, enabled: Boolean(id) })
  const from = run.data && (node ?? nodeOf(run.data, media?.asset))
  const made =
    run.data && graph.data && catalog.data && from
      ? madeOf(graph.data, from, run.data, new Catalog(catalog.data))
      : []
  return { made, run: id ? run.data : undefined, failed: Boolean(id) && run.isError }
}

function costOf(made: readonly MadeNode[]): string {
  const usd = made.reduce((sum, node) => sum + (node.usd ?? 0), 0)
  const credits = made.reduce((sum, node) => sum + node.credits, 0)
  return (
    [usd ? money(usd) : '', credits ? texts.credits(credits) : ''].filter(Boolean).join(' · ') ||
    texts.free
  )
}

function Node({ node, place }: { node: MadeNode; place: number }) {
  const took = node.cached ? texts.cached : node.ms === null ? '' : duration(node.ms)
  const long = node.values.filter(value => value.long)
  const short = node.values.filter(value => !value.long)
  return (
    <li>
      <i aria-hidden="true">{place}</i>
      <div>
        <p className={css.title}>
          <b>{node.title}</b>
          <span>{node.usd || node.credits ? costOf([node]) : ''}</span>
        </p>
        <p className={css.how}>{[node.model, took].filter(Boolean).join(' · ')}</p>
        {long.map(value => (
          <div key={value.name} className={css.text}>
            <pre>{value.text}</pre>
            <CopyButton text={value.text} label={texts.copyValue(value.label)} icon={Copy} />
          </div>
        ))}
        {short.length > 0 && (
          <p className={css.values}>
            {short.map(value => (
              <span key={value.name}>{texts.value(value.label, value.text)}</span>
            ))}
          </p>
        )}
      </div>
    </li>
  )
}

function RunLinks({ run }: { run: Execution }) {
  return (
    <p className={css.links}>
      {run.workflowSlug && (
        <a href={`${editorUrl(run.workflowSlug)}?run=${run.executionId}`}>
          <History size={15} aria-hidden /> {texts.openRun}
        </a>
      )}
      <a href={`/runs/${run.executionId}`}>{texts.runPage}</a>
    </p>
  )
}
