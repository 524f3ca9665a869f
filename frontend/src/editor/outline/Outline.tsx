/**
 * The workflow as a list in running order, in which everything can be edited: for phones, and for
 * screen readers.
 */
import { ChevronDown, ChevronRight, Plus, X } from 'lucide-react'
import { type KeyboardEvent, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { ownTitle } from '../../catalog/title'
import { type OutlineRow, outlineOf } from '../../document/outline'
import { Button } from '../../ui/controls/Button'
import { Glyph } from '../../ui/ports/Glyph'
import { addNode } from '../actions/graph/addNode'
import { collapseSelected } from '../actions/graph/collapse'
import { continueFrom } from '../actions/graph/continueFrom'
import { deleteSelected } from '../actions/graph/deleteSelected'
import { duplicate } from '../actions/graph/duplicate'
import { runNode } from '../actions/run/runNode'
import { CardStatus } from '../card/CardStatus'
import { NodeDetails } from '../panels/NodeDetails'
import { useStale } from '../run/hooks'
import { useSession } from '../session'
import { texts } from '../texts'
import { Connections } from './Connections'
import css from './Outline.module.css'

/** Deeper than this rows are not indented further: a phone is narrow. */
const DEEPEST = 5

const ACTIONS = [runNode, continueFrom, duplicate, collapseSelected, deleteSelected]

export function Outline() {
  const session = useSession()
  const { view, store } = session
  const document = useStore(store.state, state => state.document)
  const rows = useMemo(() => outlineOf(document), [document])
  const list = useRef<HTMLOListElement>(null)
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const head = event.target as HTMLElement
    if (!step || head.dataset.head === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const heads = [...(list.current?.querySelectorAll<HTMLElement>('[data-head]') ?? [])]
    heads[heads.indexOf(head) + step]?.focus()
  }
  return (
    <section className={css.outline} aria-label={texts.outline}>
      <header>
        <h2>{texts.outline}</h2>
        {store.canEdit && (
          <Button icon={<Plus size={15} />} onClick={() => addNode.run(session)}>
            {texts.addANode}
          </Button>
        )}
        <Button
          tone="ghost"
          label={texts.close}
          icon={<X size={16} />}
          onClick={() => view.setState({ outline: false })}
        />
      </header>
      <ol ref={list} onKeyDown={keys}>
        {rows.map(row => (
          <Row key={row.node.id} row={row} />
        ))}
      </ol>
      {!rows.length && <p>{texts.theCanvasIsStillEmpty}</p>}
    </section>
  )
}

function Row({ row }: { row: OutlineRow }) {
  const session = useSession()
  const { flow, catalog } = session
  const { node, depth, sources } = row
  // What is open is what is selected: actions are about it, and the canvas shows it.
  const open = useStore(
    flow.state,
    ({ selected }) => selected.length === 1 && selected[0] === node.id,
  )
  const type = catalog.get(node.type)
  const title = ownTitle(node) || type?.name || node.type
  const [last, ...others] = sources.toReversed().map(id => session.titleOf(id))
  const from = last && (others.length ? texts.fromAndMore(last, others.length) : texts.from(last))
  const text = typeof node.data.text === 'string' ? node.data.text : ''
  return (
    <li
      className={css.row}
      data-open={open || undefined}
      style={{ marginLeft: Math.min(depth, DEEPEST) * 16 }}
    >
      <button
        type="button"
        data-head
        className={css.head}
        aria-expanded={open}
        onClick={() => flow.select(open ? [] : [node.id])}
      >
        <Glyph type={catalog.colorType(type)} />
        <span>
          <b>{title}</b>
          <small>{from || text.slice(0, 60) || (title !== type?.name ? type?.name : '')}</small>
        </span>
        <State id={node.id} />
        {open ? <ChevronDown size={16} /> : <ChevronRight size={16} />}
      </button>
      {open && <Details row={row} />}
    </li>
  )
}

function State({ id }: { id: string }) {
  const session = useSession()
  const stale = useStale(id)
  const data = useStore(session.flow.state, ({ nodes }) => nodes.find(rf => rf.id === id)?.data)
  return data ? <CardStatus id={id} stale={stale} status={data.status} /> : null
}

function Details({ row: { node } }: { row: OutlineRow }) {
  const session = useSession()
  return (
    <div className={css.details}>
      <Connections node={node} />
      <NodeDetails id={node.id} />
      {session.store.canEdit && (
        <div className={css.actions}>
          {ACTIONS.filter(action => action.when?.(session) ?? true).map(
            ({ icon: Icon, ...action }) => (
              <Button
                key={action.id}
                tone={action.danger ? 'danger' : 'plain'}
                icon={Icon && <Icon size={15} />}
                onClick={() => action.run(session)}
              >
                {(action.named?.(session) ?? action.label).replace('…', '')}
              </Button>
            ),
          )}
        </div>
      )}
    </div>
  )
}
