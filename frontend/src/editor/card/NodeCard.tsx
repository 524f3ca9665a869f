/** The card of one node: header, preview, rows with fields, ports, and what a run says about it. */
import type { NodeProps } from '@xyflow/react'
import { memo, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { ownTitle } from '../../catalog/title'
import { fieldValue, isEmpty } from '../../document/check'
import { lazily } from '../../ui/shell/lazily'
import { AppRow } from '../apps/AppRow'
import { EntryRow, NewEntryRow } from '../apps/EntryRow'
import { graphOf } from '../comfy/comfy'
import type { CardData, CardNode } from '../flow/flow'
import type { RenderLevel } from '../flow/motion'
import type { PortSpec, Row } from '../flow/rows'
import dashes from '../ports/Dashes.module.css'
import { Port, PortPlace } from '../ports/Port'
import { useNodeRunValue } from '../run/hooks'
import { useSession } from '../session'
import { CardError } from './CardError'
import { CardHeader } from './CardHeader'
import { CardPreview } from './CardPreview'
import { CardWarnings } from './CardWarnings'
import { FieldRow } from './FieldRow'
import css from './NodeCard.module.css'
import { Passing } from './Passing'
import { PlainRow } from './PlainRow'
import { AddFieldRow, RequestRow } from './RequestRow'
import { texts } from './texts'

// Few canvases hold a ComfyUI workflow, so its drawing is loaded with the first that does.
const graphRow = () => import('../comfy/GraphRow')
const GraphRow = lazily(async () => (await graphRow()).GraphRow)
const GraphPreview = lazily(
  async () => (await graphRow()).GraphPreview,
  () => <span />,
)

/** How often cards rendered; read by the benchmark. */
export const renders = { count: 0 }

type Props = NodeProps<CardNode>

/** States with a dashed or dotted frame: nothing has come of the node, or not yet. */
const DASHED = new Set(['queued', 'skipped', 'cancelled'])

/** How much of the card is drawn, and how it gets its controls at once. */
function useRenderLevel(selected: boolean): [RenderLevel, () => void] {
  const { motion } = useSession()
  const [level, setLevel] = useState(() => motion.first())
  useEffect(() => {
    if (level === 'full') return
    if (level !== 'legible' || !selected) return motion.next(level, setLevel)
    setLevel('full')
    return
  }, [level, motion, selected])
  const complete = () => level === 'legible' && setLevel('full')
  return [level, complete]
}

/** Rows that are drawn by their text alone where no controls are needed. */
const TEXT_ROWS = new Set<Row['kind']>(['field', 'block', 'request', 'app', 'model', 'entry'])

/** Positions and dragging belong to React Flow's wrapper: the card renders for its content only. */
function sameContent(a: Props, b: Props): boolean {
  return a.data === b.data && a.selected === b.selected
}

export const NodeCard = memo(function NodeCard(props: Props) {
  renders.count += 1
  const [level, complete] = useRenderLevel(props.selected)
  if (level === 'blank') return <div className={css.card} />
  return <Card {...props} level={level} onTurn={complete} />
}, sameContent)

interface CardProps extends Props {
  level: RenderLevel
  /** The user points at the card, or enters it. */
  onTurn: () => void
}

function Card({ id, data, selected, level, onTurn }: CardProps) {
  const { runner } = useSession()
  const { state, warned, hasResult, stale } = useNodeRunValue(id, (run, stale) => ({
    state: run.state,
    warned: run.warnings.length > 0,
    hasResult: run.output !== null || run.preview !== null,
    stale,
  }))
  const invalid = useStore(runner.state, now => now.problems.some(issue => issue.nodeId === id))
  const atRest = level !== 'plain'
  const { node, type, layout, status } = data
  const out = status.mode ?? (status.needs ? 'out' : undefined)
  const shown = out ? 'idle' : invalid ? 'failed' : state
  return (
    <>
      <section
        className={DASHED.has(shown) || !type || out ? `${css.card} ${dashes.frame}` : css.card}
        data-state={shown}
        data-stale={stale || undefined}
        data-mode={out}
        data-pinned={status.pinned || undefined}
        data-selected={selected || undefined}
        data-unknown={type ? undefined : true}
        data-previewed={layout.rows.some(row => row.kind === 'preview') || undefined}
        aria-label={ownTitle(node) || type?.name || node.type}
        onPointerEnter={onTurn}
        onFocusCapture={onTurn}
      >
        {state === 'running' && <RunLine id={id} />}
        <CardHeader id={id} data={data} stale={stale} atRest={atRest} />
        {layout.rows.map(row => {
          const whole =
            level === 'full' ||
            (atRest && !TEXT_ROWS.has(row.kind)) ||
            (row.kind === 'preview' && hasResult)
          return (
            <div
              key={rowKey(row)}
              className={whole ? css.row : `${css.row} ${css.plain}`}
              data-kind={row.kind}
              style={{ height: row.height }}
              inert={status.mode !== null}
            >
              {whole ? (
                <CardRow id={id} data={data} row={row} stale={stale} />
              ) : (
                <PlainRow data={data} row={row} />
              )}
            </div>
          )
        })}
        {status.mode === 'bypass' && <Passing data={data} />}
        {!out && (state === 'failed' || invalid) && <CardError id={id} data={data} />}
        {!out && warned && state !== 'failed' && !invalid && <CardWarnings id={id} />}
      </section>
      {layout.ports.map(port => {
        const key = port.side + port.id
        if (!atRest) return <PortPlace key={key} port={port} />
        const empty = !out && !status.pinned && isUnmet(data, port)
        return <Port key={key} port={port} empty={empty} node={id} />
      })}
    </>
  )
}

function CardRow({
  id,
  data,
  row,
  stale,
}: {
  id: string
  data: CardData
  row: Row
  stale: boolean
}) {
  switch (row.kind) {
    case 'preview': {
      const graph = data.type?.dynamic === 'declared' ? graphOf(data.node.data) : null
      return (
        <CardPreview id={id} type={data.type} stale={stale}>
          {graph && <GraphPreview id={id} graph={graph} />}
        </CardPreview>
      )
    }
    case 'graph':
      return <GraphRow id={id} data={data} />
    case 'ports':
      return (
        <div className={css.ports}>
          <span>{row.input && (row.input.label || row.input.name)}</span>
          <span>{row.output && (row.output.label || row.output.name)}</span>
        </div>
      )
    case 'field':
    case 'block':
    case 'model':
      return (
        <FieldRow
          id={id}
          input={row.input}
          value={fieldValue(data.node, row.input)}
          connected={data.connected.has(row.input.name)}
          block={row.kind === 'block'}
          label={row.kind === 'field' || (row.kind === 'block' && row.label)}
        />
      )
    case 'app':
      return <AppRow id={id} input={row.input} data={data} />
    case 'entry':
      return <EntryRow id={id} entry={row.entry} block={row.block} />
    case 'newEntry':
      return <NewEntryRow id={id} words={row.words} />
    case 'request':
      return <RequestRow id={id} field={row.field} block={row.block} data={data.node.data} />
    case 'add':
      return <AddFieldRow id={id} data={data} />
    case 'more':
      return <MoreFields id={id} count={row.count} />
    case 'unknown':
      return <p className={css.unknown}>{texts.serverHasNoType(data.node.type)}</p>
    case 'lost':
      return (
        <div className={css.ports} data-lost>
          <span>{row.side === 'in' && texts.noSuchInput(row.handle)}</span>
          <span>{row.side === 'out' && texts.noSuchOutput(row.handle)}</span>
        </div>
      )
  }
}

function MoreFields({ id, count }: { id: string; count: number }) {
  const { flow, view } = useSession()
  return (
    <button
      type="button"
      className={`${css.more} nodrag`}
      onClick={() => {
        flow.select([id])
        view.setState({ inspectorOpen: true })
      }}
    >
      {texts.moreSettings(count)}
    </button>
  )
}

function RunLine({ id }: { id: string }) {
  const fraction = useNodeRunValue(id, run => run.fraction)
  return (
    <div className={css.line} data-moving={fraction === null || undefined}>
      <i style={{ width: `${(fraction ?? 0.3) * 100}%` }} />
    </div>
  )
}

/** A required input with neither an edge nor a value. */
function isUnmet(data: CardData, port: PortSpec): boolean {
  if (!port.required || port.side === 'out' || data.connected.has(port.name)) return false
  const input = data.type?.inputs.find(declared => declared.name === port.name)
  return input ? isEmpty(fieldValue(data.node, input)) : true
}

function rowKey(row: Row): string {
  switch (row.kind) {
    case 'field':
    case 'block':
      return texts.fieldName(row.input.name)
    case 'entry':
      return texts.entryName(row.entry.field.name)
    case 'request':
      return texts.requestName(row.field.name)
    case 'ports':
      return `ports ${row.input?.name} ${row.output?.name}`
    case 'lost':
      return texts.lostSideHandle(row.side, row.handle)
    default:
      return row.kind
  }
}
