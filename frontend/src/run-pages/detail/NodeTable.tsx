/** What each node of a run did: its state, its time, its cost, and its error. */
import type { Execution, ExecutionNode } from '../../api/schema'
import { list } from '../../lib/locale'
import { duration } from '../../lib/time'
import type { NodeRun, NodeState } from '../../runs/fold'
import { type Item, itemsOf } from '../../runs/items'
import { remoteLine, remoteState } from '../../runs/remote'
import { resultOf } from '../../runs/results'
import type { RunStore } from '../../runs/store'
import type { Tone } from '../../runs/tone'
import { ItemGrid } from '../../ui/items/ItemGrid'
import { MediaView } from '../../ui/media/MediaView'
import { StateDot } from '../../ui/StateDot'
import { ViewerLink } from '../../ui/viewer/ViewerLink'
import { paid, price } from '../format'
import { texts } from '../texts'
import css from './NodeTable.module.css'
import type { TitleOf } from './titles'

const STATES: Record<NodeState, { word: string; tone: Tone }> = {
  idle: { word: texts.waiting, tone: 'quiet' },
  queued: { word: texts.waiting, tone: 'quiet' },
  running: { word: texts.running, tone: 'running' },
  done: { word: texts.done, tone: 'ok' },
  cached: { word: texts.cached, tone: 'ok' },
  failed: { word: texts.failed, tone: 'bad' },
  skipped: { word: texts.skipped, tone: 'quiet' },
  cancelled: { word: texts.cancelled, tone: 'quiet' },
}

const FROM_ROW: Record<ExecutionNode['status'], NodeState> = {
  pending: 'queued',
  running: 'running',
  completed: 'done',
  failed: 'failed',
  skipped: 'skipped',
}

interface Props {
  run: Execution
  live: RunStore
  titleOf: TitleOf
  /** Run some items of a node again; without it none can be selected. */
  onRetry?: ((node: string, items: number[]) => void) | undefined
}

export function NodeTable({ run, live, titleOf, onRetry }: Props) {
  const rows = new Map(run.nodes.map(row => [row.id, row]))
  const ids = [...new Set([...rows.keys(), ...live.summary.nodes])]
  if (!ids.length) return <p className={css.none}>{texts.noNodeHasBeenReachedYet}</p>
  const charged = run.nodes.some(row => row.cost > 0)
  const called = run.nodes.some(row => row.money)
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th>{texts.node}</th>
          <th>{texts.state}</th>
          <th className={css.number}>{texts.time}</th>
          {charged && <th className={css.number}>{texts.cost}</th>}
          {called && <th className={css.number}>{texts.paid}</th>}
        </tr>
      </thead>
      <tbody>
        {ids.map(id => (
          <Row
            key={id}
            id={id}
            run={run.executionId}
            row={rows.get(id)}
            node={live.node(id)}
            title={titleOf(id)}
            charged={charged}
            called={called}
            onRetry={onRetry && (items => onRetry(id, items))}
          />
        ))}
      </tbody>
    </table>
  )
}

/** The id of a node's row on the page, for links to it. */
export const rowId = (node: string) => `node-${node}`

interface RowProps {
  id: string
  run: string
  row: ExecutionNode | undefined
  node: NodeRun
  title: string
  /** Whether the run cost anything, so that there is a column for it. */
  charged: boolean
  /** The same of providers that were paid. */
  called: boolean
  onRetry?: ((items: number[]) => void) | undefined
}

function Row({ id, run, row, node, title, charged, called, onRetry }: RowProps) {
  const known = row?.cached ? 'cached' : row ? FROM_ROW[row.status] : 'queued'
  // The journal is ahead of the row while the run goes on, and the same when it is over.
  const state = node.state === 'idle' ? known : node.state
  const { word, tone } = STATES[state]
  const error = node.message || row?.error?.message
  const ms = state === 'cached' ? null : (node.ms ?? row?.ms ?? null)
  const items = itemsOf(node)
  const percent = state === 'running' && node.fraction ? Math.round(node.fraction * 100) : null
  return (
    <tr id={rowId(id)}>
      <td>
        <b>{title}</b>
        {state === 'running' && node.remote && (
          <p className={css.reason}>
            {[remoteLine(node.remote), node.text].filter(Boolean).join(': ')}
          </p>
        )}
        {state === 'failed' && error && <p className={css.error}>{error}</p>}
        {state === 'skipped' && node.reason && <p className={css.reason}>{node.reason}</p>}
        {items.length > 0 ? (
          <details
            className={css.items}
            open={items.length <= MOST_OPEN || items.some(item => item.state === 'failed')}
          >
            <summary>{itemWords(items)}</summary>
            <ItemGrid items={items} title={title} run={run} node={id} onRetry={onRetry} />
          </details>
        ) : (
          row?.outputs && <Made outputs={row.outputs} title={title} run={run} node={id} />
        )}
      </td>
      <td>
        <span className={css.state}>
          <StateDot tone={tone} />
          {percent === null
            ? (state === 'running' && remoteState(node.remote)) || word
            : texts.percent(percent)}
        </span>
      </td>
      <td className={css.number}>{ms === null ? '' : duration(ms)}</td>
      {charged && <td className={css.number}>{price(row?.cost ?? 0)}</td>}
      {called && (
        <td
          className={css.number}
          title={row?.money?.unknownCalls ? texts.aboutUnknown(row.money.unknownCalls) : undefined}
        >
          {paid(row?.money)}
        </td>
      )}
    </tr>
  )
}

/** "28 of 40 items", and how many have failed. */
function itemWords(items: readonly Item[]): string {
  const done = items.filter(({ state }) => state === 'done').length
  const failed = items.filter(({ state }) => state === 'failed').length
  return list(
    [texts.itemsOfAll(done, items.length), failed ? texts.itemsFailed(failed) : ''].filter(Boolean),
  )
}

/** Items of a node that are shown from the start. */
const MOST_OPEN = 12
/** Files shown of a node; the editor has all of them. */
const SHOWN = 4

/** The images and videos a node made, small; each opens in the viewer. */
interface MadeProps {
  outputs: Record<string, unknown>
  title: string
  run: string
  node: string
}

function Made({ outputs, title, run, node }: MadeProps) {
  const files = resultOf(outputs).media.filter(file => /^(image|video)\//.test(file.content_type))
  if (!files.length) return null
  const more = files.length - SHOWN
  return (
    <p className={css.made}>
      {files.slice(0, SHOWN).map((file, i) => (
        <ViewerLink
          // biome-ignore lint/suspicious/noArrayIndexKey: the same file may come twice
          key={i}
          media={file}
          label={texts.titleAndFile(title, file.name ?? texts.filePlace(i + 1))}
          request={() => ({ items: files.map(media => ({ media, title, run, node })), at: i })}
        >
          <MediaView media={file} width={160} cover />
        </ViewerLink>
      ))}
      {more > 0 && <span>+{more}</span>}
    </p>
  )
}
