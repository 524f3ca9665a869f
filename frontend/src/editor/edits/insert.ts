/** A new node in a connection: between its ends, with what follows moved to the right. */
import type { DocumentEdge, DocumentNode, Operation } from '../../api/document'
import { reach } from '../../document/graph'
import { withPoints } from '../../document/points'
import type { Session } from '../session'
import { addNode, makeNode, snap } from './commands'
import { insertion, insertOperations } from './connections'

/** Room that a card has to each side for its connections, px. */
const ROOM = 64

/** Whether a node of a type can be put into a connection. */
export function isInsertable(session: Session, edge: DocumentEdge, type: string): boolean {
  return insertion(session, edge, makeNode(session, type, { x: 0, y: 0 })) !== null
}

/** Add a node of a type into a connection, and make room for it. */
export function insertNew(session: Session, edge: DocumentEdge, type: string): void {
  const source = session.store.node(edge.source)
  const target = session.store.node(edge.target)
  if (!source || !target) return
  const width = makeNode(session, type, { x: 0, y: 0 }).width ?? 0
  const left = source.position.x + widthOf(session, source)
  const lacking = Math.max(0, left + width + 2 * ROOM - target.position.x)
  const shift = target.position.x >= left ? snap(lacking + 7) : 0
  const x = (left + target.position.x + shift - width) / 2
  const at = { x, y: (source.position.y + target.position.y) / 2 }
  addNode(session, type, at, {
    more: node => {
      const ways = insertion(session, edge, node)
      if (!ways) return []
      return [...insertOperations(edge, ways), ...movedRight(session, target, shift)]
    },
  })
}

function widthOf(session: Session, node: DocumentNode): number {
  return session.flow.layoutOf(node.id)?.width ?? node.width ?? 0
}

/** What follows goes to the right, as far as it is to the right. */
function movedRight(session: Session, target: DocumentNode, shift: number): Operation[] {
  if (!shift) return []
  const behind = reach(session.store.document, [target.id], 'down')
  const moves = session.store.document.nodes.flatMap((node): Operation[] => {
    if (!behind.has(node.id) || node.position.x < target.position.x) return []
    const value = { ...node.position, x: node.position.x + shift }
    return [{ op: 'node.set', id: node.id, key: 'position', value }]
  })
  return withPoints(session.store.document, moves)
}

/** Choose which node goes into a connection; the palette opens at a point of the window. */
export function insertAt(session: Session, insert: string, at: { x: number; y: number }): void {
  const place = session.rf?.screenToFlowPosition(at) ?? at
  session.view.setState({ palette: { at, place, insert } })
}
