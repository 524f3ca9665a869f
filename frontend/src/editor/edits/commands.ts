/** Edits of the graph that actions and gestures share: adding, connecting, removing, moving. */
import type { Connection } from '@xyflow/react'
import type { DocumentNode, JsonObject, Operation } from '../../api/document'
import { input } from '../../catalog/ports'
import { shownInputs } from '../../document/check'
import { closesCycle, connectedInputs, edgesInto, edgeTypes, links } from '../../document/graph'
import { ledThrough, withPoints } from '../../document/points'
import { freshId } from '../../lib/ids'
import { connectEntry, entryFor, withoutReferences } from '../apps/edit'
import { entryOf } from '../apps/entries'
import { enterCard } from '../canvas/focus'
import { reveal } from '../canvas/viewport'
import { layout } from '../flow/layout'
import type { Session } from '../session'
import { texts as editorTexts } from '../texts'
import type { Connecting, Point } from '../view'
import { texts } from './texts'

const GRID = 8
export const snap = (value: number) => Math.round(value / GRID) * GRID

/** Make a node of a type at a place, with the measures its card has. */
export function makeNode(
  session: Session,
  type: string,
  at: { x: number; y: number },
  data: JsonObject = {},
): DocumentNode {
  const start = type === 'requestInput' ? { fields: [], values: {}, ...data } : data
  const node: DocumentNode = {
    id: freshId(type),
    type,
    position: { x: snap(at.x), y: snap(at.y) },
    data: start,
  }
  const size = layout(session.catalog, node, { in: [], out: [] })
  return { ...node, width: size.width, height: size.height }
}

export interface AddOptions {
  data?: JsonObject
  /** The connection that was dropped. */
  connecting?: Connecting | undefined
  /** Look for a place that covers no other node. */
  clear?: boolean | undefined
  /** Put the cursor into its first field, for a user who has just chosen it. */
  enter?: boolean
  /** More to do in the same step, with the node as it is added. */
  more?: (node: DocumentNode) => readonly Operation[]
}

/** Add a node and, when a connection was dropped, connect it to the first port that fits. */
export function addNode(
  session: Session,
  type: string,
  at: { x: number; y: number },
  options: AddOptions = {},
): string {
  const made = makeNode(
    session,
    type,
    at,
    options.data ?? dataFor(session, type, options.connecting),
  )
  const node = options.clear ? cleared(session, made) : hung(session, made, options.connecting)
  const operations: Operation[] = [{ op: 'node.add', node }]
  const connection = options.connecting && firstFit(session, node, options.connecting)
  const toEntry = entryOf(connection?.targetHandle) !== null
  if (connection && !toEntry) operations.push(...connectOperations(session, connection))
  operations.push(...(options.more?.(node) ?? []))
  const name = session.catalog.get(type)?.name ?? type
  const group = texts.addId(node.id)
  session.store.edit(operations, { label: texts.addName(name), group })
  // An entry is found in the document, so its node comes first; both are one step.
  if (connection && toEntry) connectEntry(session, connection, group)
  session.flow.select([node.id])
  reveal(session, node.id)
  if (options.enter) enterCard(node.id, beginsWithText(session, type))
  return node.id
}

/** Whether the first thing on a card is a text to be written, and no setting. */
function beginsWithText(session: Session, type: string): boolean {
  const declared = session.catalog.get(type)
  const first = declared?.inputs[0]
  if (declared?.dynamic === 'placeholders') return true
  return first !== undefined && first.type === 'text' && !first.options.length
}

/** What a node begins with so that a dropped connection finds a port: a placeholder, or a field. */
function dataFor(session: Session, type: string, connecting: Connecting | undefined): JsonObject {
  const declared = session.catalog.get(type)
  if (declared?.dynamic !== 'placeholders' || connecting?.side !== 'out') return {}
  const name = connecting.port.replaceAll(/\W/g, '_')
  // A name the type has taken for a field of its own makes no port.
  const taken = declared.inputs.some(port => port.name === name)
  return { text: `{${taken ? 'input' : name}}` }
}

const ROOM = 80 // px beside a card, for its edges

/** Places that are tried for a new node. */
const MOST_PLACES = 400

/**
 * Move a new node to the nearest place to the right or below where it covers no other and leaves
 * room for edges.
 */
export function cleared(session: Session, node: DocumentNode): DocumentNode {
  const others = session.flow.state.getState().nodes.filter(other => !other.zIndex)
  const { width = 0, height = 0, position: start } = node
  const far = ({ x, y }: Point) => x - start.x + (y - start.y)
  const open: Point[] = [start]
  const seen = new Set<string>()
  for (let tries = 0; tries < MOST_PLACES; tries++) {
    const at = open.reduce((a, b) => (far(b) < far(a) ? b : a), open[0] ?? start)
    open.splice(open.indexOf(at), 1)
    const hit = others.find(
      other =>
        other.position.x < at.x + width + ROOM / 2 &&
        at.x < other.position.x + (other.width ?? 0) + ROOM / 2 &&
        other.position.y < at.y + height &&
        at.y < other.position.y + (other.height ?? 0),
    )
    if (!hit) return { ...node, position: { ...at } }
    const next = [
      { x: snap(hit.position.x + (hit.width ?? 0) + ROOM), y: at.y },
      { x: at.x, y: snap(hit.position.y + (hit.height ?? 0) + ROOM / 2) },
    ]
    for (const place of next) {
      const key = `${place.x} ${place.y}`
      if (!seen.has(key)) open.push(place)
      seen.add(key)
    }
  }
  return node
}

/** Hang a new node by the port that the dropped connection goes to, so that it runs level. */
function hung(
  session: Session,
  node: DocumentNode,
  connecting: Connecting | undefined,
): DocumentNode {
  const connection = connecting && firstFit(session, node, connecting)
  if (!connecting || !connection) return node
  const handle = connecting.side === 'out' ? connection.targetHandle : connection.sourceHandle
  const { ports, width } = layout(session.catalog, node, { in: [], out: [] })
  const y = ports.find(port => port.id === handle && port.side !== connecting.side)?.y ?? 0
  const x = connecting.side === 'out' ? 0 : width
  const position = { x: snap(node.position.x - x), y: snap(node.position.y - y) }
  return { ...node, position }
}

/** The connection between a port and the first port of a node that fits it, if any. */
export function firstFit(
  session: Session,
  node: DocumentNode,
  connecting: Connecting,
): Connection | undefined {
  const { catalog } = session
  const { rules } = catalog
  if (connecting.side === 'out') {
    const entry = entryFor(
      session,
      node,
      field => rules.fits(connecting.type, rules.fieldType(field)) === 'same',
    )
    if (entry) {
      return {
        source: connecting.node,
        sourceHandle: connecting.handle,
        target: node.id,
        targetHandle: entry,
      }
    }
    const connected = connectedInputs(session.store.document, catalog, node.id)
    const ports = shownInputs(node, catalog.inputsOf(node), connected).filter(
      port => port.port && rules.fits(connecting.type, port.type),
    )
    const taken = links(session.store.document).into.get(node.id) ?? []
    const free = ports.filter(
      port =>
        port.many ||
        !taken.some(
          edge => edge.targetHandle === `${port.name}-in` || edge.targetHandle === port.name,
        ),
    )
    const exact = (list: typeof ports) =>
      list.find(port => rules.fits(connecting.type, port.type) === 'same')
    const port = exact(free) ?? free[0] ?? exact(ports) ?? ports[0]
    return (
      port && {
        source: connecting.node,
        sourceHandle: connecting.handle,
        target: node.id,
        targetHandle: `${port.name}-in`,
      }
    )
  }
  const port = catalog.outputsOf(node).find(output => rules.fits(output.type, connecting.type))
  return (
    port && {
      source: node.id,
      sourceHandle: `${port.name}-out`,
      target: connecting.node,
      targetHandle: connecting.handle,
    }
  )
}

/** Say why two ports cannot be connected, or null when they can. */
export function refusal(session: Session, connection: Connection): string | null {
  const { document } = session.store
  if (connection.source === connection.target) return texts.aNodeCannotFeedItself
  const ends = edgeTypes(document, session.catalog, connection)
  const { source } = ends
  const toEntry = entryOf(connection.targetHandle) !== null
  const target = toEntry ? input({ name: '', type: 'any' }) : ends.target
  if (source === undefined || !target) return texts.oneEndOfThisConnection
  const reason = session.catalog.rules.whyNot(source, target.type)
  if (reason) return reason
  if (closesCycle(document, connection.source, connection.target)) {
    return texts.thisConnectionWouldCreateACycle
  }
  return null
}

/** Connect two ports; a port that takes one edge lets the old one go. Says why when it cannot. */
export function connect(session: Session, connection: Connection, group?: string): string | null {
  const reason = refusal(session, connection)
  if (reason) return reason
  if (entryOf(connection.targetHandle) !== null) {
    connectEntry(session, connection)
    return null
  }
  session.store.edit(connectOperations(session, connection), { label: editorTexts.connect, group })
  return null
}

/** The operations that make a connection, led through points; what it pushes out of its port goes. */
export function connectOperations(
  session: Session,
  connection: Connection,
  points: readonly Point[] = [],
): Operation[] {
  const { document } = session.store
  const { target } = edgeTypes(document, session.catalog, connection)
  const operations: Operation[] = []
  if (target) {
    const present = edgesInto(document, connection.target, target)
    const twin = present.some(
      edge => edge.source === connection.source && edge.sourceHandle === connection.sourceHandle,
    )
    if (twin) return []
    if (!target.many) {
      operations.push(...present.map(({ id }): Operation => ({ op: 'edge.remove', id })))
    }
  }
  const edge = ledThrough({ id: freshId('edge'), ...connection }, points)
  return [...operations, { op: 'edge.add', edge }]
}

/**
 * Remove nodes with their edges, and single edges; `more` is done in the same step, before the
 * nodes go.
 */
export function remove(
  session: Session,
  nodes: readonly string[],
  edges: readonly string[] = [],
  more: readonly Operation[] = [],
): void {
  const { document } = session.store
  const gone = new Set(nodes)
  const removed = new Set(edges)
  for (const edge of document.edges) {
    if (gone.has(edge.source) || gone.has(edge.target)) removed.add(edge.id)
  }
  const operations: Operation[] = [
    ...[...removed].map((id): Operation => ({ op: 'edge.remove', id })),
    ...withoutReferences(
      session,
      document.edges.filter(edge => removed.has(edge.id) && !gone.has(edge.target)),
    ),
    ...more,
    ...[...gone].map((id): Operation => ({ op: 'node.remove', id })),
  ]
  session.store.edit(operations, {
    label: nodes.length ? texts.deleteNodes(nodes.length) : texts.deleteConnections(edges.length),
  })
}

/** Move nodes by a distance; a burst of key presses is one step. */
export function nudge(session: Session, ids: readonly string[], dx: number, dy: number): void {
  const operations = session.flow.withMembers(ids).flatMap((id): Operation[] => {
    const node = session.store.node(id)
    if (!node) return []
    const value = { x: node.position.x + dx, y: node.position.y + dy }
    return [{ op: 'node.set', id, key: 'position', value }]
  })
  session.store.edit(withPoints(session.store.document, operations), {
    label: editorTexts.moveNodes(ids.length),
    group: `nudge ${ids.join()}`,
  })
}

/** Set one field of a node; a burst of edits of the same field is one step. */
export function setField(session: Session, id: string, field: string, value: unknown): void {
  session.store.edit([{ op: 'field.set', id, field, value }], {
    label: editorTexts.changeAField,
    group: `field ${id} ${field}`,
  })
}

/** Set several fields of a node; edits of one group are one step, however long it lasts. */
export function setFieldsOf(session: Session, id: string, fields: JsonObject, group: string): void {
  session.store.edit(
    Object.entries(fields).map(
      ([field, value]): Operation => ({ op: 'field.set', id, field, value }),
    ),
    { label: editorTexts.changeAField, group, lasting: group.includes(' drag ') },
  )
}

/** Set one field of several nodes; a burst of edits of the same field is one step. */
export function setFields(
  session: Session,
  ids: readonly string[],
  field: string,
  value: unknown,
): void {
  session.store.edit(
    ids.map((id): Operation => ({ op: 'field.set', id, field, value })),
    { label: editorTexts.changeAField, group: `fields ${ids.join()} ${field}` },
  )
}
