/** Edits of connections that are there: moved, inserted into, bridged, swapped, made in bundles. */
import type { Connection } from '@xyflow/react'
import type { DocumentEdge, DocumentNode, Operation } from '../../api/document'
import { edgeTypes, links } from '../../document/graph'
import { type Mode, Ways } from '../../document/modes'
import { ledThrough, pointsOf } from '../../document/points'
import { freshId } from '../../lib/ids'
import { withoutReferences } from '../apps/edit'
import { entryOf } from '../apps/entries'
import type { Session } from '../session'
import { texts as editorTexts } from '../texts'
import type { Connecting } from '../view'
import { connect, connectOperations, firstFit, refusal } from './commands'
import { edgeOf } from './points'
import { texts } from './texts'

/** Move an end of a connection to another port. Says why it cannot. */
export function reconnect(session: Session, id: string, connection: Connection): string | null {
  const edge = edgeOf(session, id)
  if (!edge || isSame(edge, connection)) return null
  if (entryOf(connection.targetHandle) !== null) {
    disconnect(session, [id])
    return connect(session, connection)
  }
  const reason = refusal(session, connection)
  if (reason) return reason
  // It goes on the way it went.
  const made = connectOperations(session, connection, pointsOf(edge)).filter(
    operation => !(operation.op === 'edge.remove' && operation.id === id),
  )
  const operations = [...removal(session, [edge]), ...made]
  session.store.edit(operations, { label: editorTexts.moveAConnection })
  return null
}

/** Take connections away. */
export function disconnect(session: Session, ids: readonly string[]): void {
  const edges = ids.map(id => edgeOf(session, id)).filter(edge => edge !== undefined)
  session.store.edit(removal(session, edges), { label: texts.deleteConnections(edges.length) })
}

function removal(session: Session, edges: readonly DocumentEdge[]): Operation[] {
  const gone = edges.map(({ id }): Operation => ({ op: 'edge.remove', id }))
  return [...gone, ...withoutReferences(session, edges)]
}

function isSame(edge: DocumentEdge, connection: Connection): boolean {
  return (
    edge.source === connection.source &&
    edge.target === connection.target &&
    edge.sourceHandle === connection.sourceHandle &&
    edge.targetHandle === connection.targetHandle
  )
}

/** The ends of a connection, each as where a new one begins; null where a port is not known. */
export function endsOf(
  session: Session,
  edge: DocumentEdge,
): { from: Connecting; to: Connecting } | null {
  const { source, target } = edgeTypes(session.store.document, session.catalog, edge)
  if (source === undefined || !target) return null
  return {
    from: {
      node: edge.source,
      handle: edge.sourceHandle ?? '',
      port: (edge.sourceHandle ?? '').replace(/-out$/, ''),
      side: 'out',
      type: source,
    },
    to: {
      node: edge.target,
      handle: edge.targetHandle ?? '',
      port: target.name,
      side: 'in',
      type: target.type,
    },
  }
}

/** The two connections that put a node into one; null where it does not fit both ends. */
export function insertion(
  session: Session,
  edge: DocumentEdge,
  node: DocumentNode,
): [Connection, Connection] | null {
  const ends = endsOf(session, edge)
  if (!ends || entryOf(edge.targetHandle) !== null || edge.targetHandle?.startsWith('$'))
    return null
  const into = firstFit(session, node, ends.from)
  const outOf = firstFit(session, node, ends.to)
  return into && outOf && entryOf(into.targetHandle) === null ? [into, outOf] : null
}

/** The operations that put a node, which is there or comes before them, into a connection. */
export function insertOperations(
  edge: DocumentEdge,
  [into, outOf]: readonly [Connection, Connection],
): Operation[] {
  return [
    { op: 'edge.remove', id: edge.id },
    { op: 'edge.add', edge: { id: freshId('edge'), ...into } },
    // What its author has called the connection belongs to where it ends; its points, to nothing.
    { op: 'edge.add', edge: { ...ledThrough(edge, []), id: freshId('edge'), ...outOf } },
  ]
}

/** Put a node without connections into a connection. Returns whether it fits. */
export function insertInto(session: Session, edge: string, id: string): boolean {
  const found = edgeOf(session, edge)
  const node = session.store.node(id)
  const ways = found && node && insertion(session, found, node)
  if (!ways) return false
  session.store.edit(insertOperations(found, ways), {
    label: texts.insertOnAConnection(session.titleOf(id)),
    group: editorTexts.moveId(id),
  })
  return true
}

/** The operations that join what the removed nodes were between, where it fits by type. */
export function bridges(session: Session, gone: ReadonlySet<string>): Operation[] {
  const { document } = session.store
  const { into } = links(document)
  const modes = new Map<string, Mode>([...gone].map(id => [id, 'bypass']))
  const ways = new Ways(document, session.catalog, modes)
  const taken = new Set<string>()
  return document.edges.flatMap((edge): Operation[] => {
    const open = gone.has(edge.source) && !gone.has(edge.target)
    if (!open || edge.targetHandle?.startsWith('$')) return []
    const led = ways.lead(edge)
    if (typeof led === 'string') return []
    const twin = (into.get(led.target) ?? []).some(
      other => !gone.has(other.source) && isSame(other, { ...other, ...ends(led) }),
    )
    const key = JSON.stringify(ends(led))
    if (twin || taken.has(key)) return []
    taken.add(key)
    return [{ op: 'edge.add', edge: { ...led, id: freshId('edge') } }]
  })
}

const ends = ({ source, sourceHandle, target, targetHandle }: DocumentEdge) => ({
  source,
  sourceHandle: sourceHandle ?? null,
  target,
  targetHandle: targetHandle ?? null,
})

/** Two connections whose targets can be exchanged: those selected, or the two into one node. */
export function swappable(
  session: Session,
  nodes: readonly string[],
  edges: readonly string[],
): [DocumentEdge, DocumentEdge] | null {
  const [node] = nodes
  const found =
    edges.length === 2 && !nodes.length
      ? edges.map(id => edgeOf(session, id))
      : nodes.length === 1 && !edges.length && node !== undefined
        ? links(session.store.document).into.get(node)
        : []
  const [a, b] = found ?? []
  if (!a || !b || found?.length !== 2) return null
  const { document } = session.store
  const [first, second] = [a, b].map(edge => edgeTypes(document, session.catalog, edge))
  const { rules } = session.catalog
  if (!first?.source || !second?.source || !first.target || !second.target) return null
  const crossed =
    rules.fits(first.source, second.target.type) && rules.fits(second.source, first.target.type)
  return crossed && !a.targetHandle?.startsWith('$') && !b.targetHandle?.startsWith('$')
    ? [a, b]
    : null
}

/** Exchange where two connections end. */
export function swap(session: Session, [a, b]: readonly [DocumentEdge, DocumentEdge]): void {
  const moved = (edge: DocumentEdge, to: DocumentEdge): Operation[] => [
    { op: 'edge.set', id: edge.id, key: 'target', value: to.target },
    { op: 'edge.set', id: edge.id, key: 'targetHandle', value: to.targetHandle },
  ]
  session.store.edit([...moved(a, b), ...moved(b, a)], { label: texts.swapConnections })
}

/**
 * Make a connection, and with it those of the other selected nodes, all in one step: from every
 * selected node into ports that take them, or from one output into every selected node. Says why
 * the first cannot be made.
 */
export function connectMany(session: Session, first: Connection): string | null {
  const { selected } = session.flow.state.getState()
  const [outOf, into] = [selected.includes(first.source), selected.includes(first.target)]
  const group = selected.length > 1 && outOf !== into ? texts.connectMany(first.source) : undefined
  const reason = connect(session, first, group)
  if (reason || !group) return reason
  for (const id of selected) {
    if (id === first.source || id === first.target) continue
    const connection = outOf ? fromOther(session, id, first) : toOther(session, id, first)
    if (connection && !refusal(session, connection)) connect(session, connection, group)
  }
  return null
}

/** From another selected node into the port of the first connection, or the next that is free. */
function fromOther(session: Session, id: string, first: Connection): Connection | undefined {
  const node = session.store.node(id)
  const target = session.store.node(first.target)
  if (!node || !target) return undefined
  const { target: port } = edgeTypes(session.store.document, session.catalog, first)
  for (const output of session.catalog.outputsOf(node)) {
    const handle = `${output.name}-out`
    if (port?.many && session.catalog.rules.fits(output.type, port.type)) {
      return { ...first, source: id, sourceHandle: handle }
    }
    const connecting: Connecting = {
      node: id,
      handle,
      port: output.name,
      side: 'out',
      type: output.type,
    }
    const found = firstFit(session, target, connecting)
    if (found && !isTaken(session, found)) return found
  }
  return undefined
}

/** From the output of the first connection into the same port of another, or one that fits. */
function toOther(session: Session, id: string, first: Connection): Connection | undefined {
  const node = session.store.node(id)
  const { source } = edgeTypes(session.store.document, session.catalog, first)
  if (!node || source === undefined) return undefined
  const same = { ...first, target: id }
  if (!refusal(session, same)) return same
  const connecting: Connecting = {
    node: first.source,
    handle: first.sourceHandle ?? '',
    port: (first.sourceHandle ?? '').replace(/-out$/, ''),
    side: 'out',
    type: source,
  }
  return firstFit(session, node, connecting)
}

function isTaken(session: Session, connection: Connection): boolean {
  const { target } = edgeTypes(session.store.document, session.catalog, connection)
  if (!target || target.many) return false
  const into = links(session.store.document).into.get(connection.target) ?? []
  return into.some(edge => edge.targetHandle === connection.targetHandle)
}
