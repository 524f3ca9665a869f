/** The points that a connection is led through: kept in the `data` of its edge, moved with its ends. */
import type { DocumentEdge, JsonObject, Operation, WorkflowDocument } from '../api/document'

export interface Point {
  x: number
  y: number
}

const NONE: readonly Point[] = []

/** The points of a connection, from its source to its target; what is no point is passed over. */
export function pointsOf({ data }: DocumentEdge): readonly Point[] {
  const found = data?.points
  return Array.isArray(found) && found.length ? found.filter(isPoint) : NONE
}

function isPoint(value: unknown): value is Point & JsonObject {
  const { x, y } = (value ?? {}) as Partial<Point>
  return Number.isFinite(x) && Number.isFinite(y)
}

/** A connection led through other points; all else in its data stays. */
export function ledThrough(edge: DocumentEdge, points: readonly Point[]): DocumentEdge {
  const { data, ...plain } = edge
  const { points: _before, ...rest } = data ?? {}
  if (points.length)
    return { ...edge, data: { ...rest, points: points.map(({ x, y }) => ({ x, y })) } }
  return Object.keys(rest).length ? { ...edge, data: rest } : plain
}

/** The operation that leads a connection through other points. */
export function setPoints(edge: DocumentEdge, points: readonly Point[]): Operation {
  const { data } = ledThrough(edge, points)
  return { op: 'edge.set', id: edge.id, key: 'data', ...(data && { value: data }) }
}

/** Points moved by a distance. */
export const shifted = (points: readonly Point[], { x, y }: Point): Point[] =>
  points.map(point => ({ x: point.x + x, y: point.y + y }))

/**
 * The moves of nodes, and with them the points of connections both of whose ends move by the same
 * distance.
 */
export function withPoints(
  { nodes, edges }: WorkflowDocument,
  moves: readonly Operation[],
): Operation[] {
  const routed = edges.filter(edge => pointsOf(edge).length)
  if (!routed.length) return [...moves]
  const to = new Map(
    moves.flatMap(move =>
      move.op === 'node.set' && move.key === 'position' ? [[move.id, move.value as Point]] : [],
    ),
  )
  const by = new Map(
    nodes.flatMap(({ id, position }) => {
      const place = to.get(id)
      return place ? [[id, { x: place.x - position.x, y: place.y - position.y }]] : []
    }),
  )
  return [
    ...moves,
    ...routed.flatMap((edge): Operation[] => {
      const [a, b] = [by.get(edge.source), by.get(edge.target)]
      const together = a && b && a.x === b.x && a.y === b.y && (a.x || a.y)
      return together ? [setPoints(edge, shifted(pointsOf(edge), a))] : []
    }),
  ]
}
