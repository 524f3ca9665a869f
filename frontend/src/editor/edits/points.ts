/** Edits of the points of a connection: added, moved, removed. */
import type { DocumentEdge } from '../../api/document'
import { same } from '../../document/operations'
import { type Point, pointsOf, setPoints, shifted } from '../../document/points'
import type { CanvasEdge, CardNode } from '../flow/flow'
import { nearest, route } from '../flow/route'
import type { Session } from '../session'
import { texts } from '../texts'
import { snap } from './commands'

export const edgeOf = ({ store }: Session, id: string): DocumentEdge | undefined =>
  store.document.edges.find(edge => edge.id === id)

/** Lead a connection through these points; moves of one point in a row are one step. */
export function leadThrough(
  session: Session,
  id: string,
  points: readonly Point[],
  { label, group }: { label: string; group?: string | undefined },
): void {
  const edge = edgeOf(session, id)
  if (edge) session.store.edit([setPoints(edge, points)], { label, group })
}

/** Add a point to a connection where it passes nearest to a place of the canvas. */
export function addPoint(session: Session, id: string, at: Point): void {
  const edge = edgeOf(session, id)
  const ends = edge && endsAt(session, id)
  if (!edge || !ends) return
  const points = pointsOf(edge)
  const index = nearest(route(...ends, points), at)
  const point = { x: snap(at.x), y: snap(at.y) }
  leadThrough(session, id, points.toSpliced(index, 0, point), { label: texts.addAPoint })
}

/** Where a connection begins and ends on the canvas. */
export function endsAt(session: Session, id: string): [Point, Point] | null {
  const { nodes, edges } = session.flow.state.getState()
  const edge = edges.find(one => one.id === id)
  const port = (node: string | undefined, handle: unknown, side: 'in' | 'out') => {
    const card = nodes.find(one => one.id === node)
    const found = card?.data.layout.ports.find(one => one.id === handle && one.side === side)
    if (!card || !found) return null
    const { x, y } = card.position
    return { x: side === 'out' ? x + (card.width ?? 0) : x, y: y + found.y }
  }
  const from = port(edge?.source, edge?.sourceHandle, 'out')
  const to = port(edge?.target, edge?.targetHandle, 'in')
  return from && to && [from, to]
}

/** Points of connections both of whose ends are dragged, where they are dragged to; others as they are stored. */
export function pointsAlong(
  { store }: Session,
  nodes: readonly CardNode[],
  edges: CanvasEdge[],
): CanvasEdge[] {
  if (!edges.some(edge => edge.data?.points.length)) return edges
  const by = new Map(
    nodes.flatMap(({ id, dragging, position }) => {
      const before = dragging && store.node(id)?.position
      return before ? [[id, { x: position.x - before.x, y: position.y - before.y }]] : []
    }),
  )
  return edges.map(edge => {
    if (!edge.data?.points.length) return edge
    const [a, b] = [by.get(edge.source), by.get(edge.target)]
    const together = a && b && a.x === b.x && a.y === b.y
    const points = shifted(pointsOf(edge.data.edge), together ? a : { x: 0, y: 0 })
    return same(points, edge.data.points) ? edge : { ...edge, data: { ...edge.data, points } }
  })
}

/** Show a connection led through other points, before that is an edit. */
export function showThrough({ flow }: Session, id: string, points: readonly Point[]): void {
  const { nodes, edges } = flow.state.getState()
  flow.put(
    nodes,
    edges.map(edge =>
      edge.id === id && edge.data ? { ...edge, data: { ...edge.data, points } } : edge,
    ),
  )
}
