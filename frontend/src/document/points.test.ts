import { describe, expect, it } from 'vitest'
import type { DocumentEdge, WorkflowDocument } from '../api/document'
import { apply } from './operations'
import { ledThrough, pointsOf, setPoints, withPoints } from './points'

const edge = (id: string, source: string, target: string, data?: DocumentEdge['data']) => ({
  id,
  source,
  target,
  ...(data && { data }),
})
const node = (id: string, x: number) => ({ id, type: 'preview', position: { x, y: 0 }, data: {} })
const document: WorkflowDocument = {
  nodes: [node('a', 0), node('b', 400), node('c', 800)],
  edges: [
    edge('ab', 'a', 'b', { label: 'first', points: [{ x: 300, y: 80 }] }),
    edge('bc', 'b', 'c', { points: [{ x: 700, y: 80 }] }),
  ],
}
const move = (id: string, x: number) =>
  ({ op: 'node.set', id, key: 'position', value: { x, y: 0 } }) as const

describe('the points of a connection', () => {
  it('are read where they are points, and nothing else is', () => {
    const data = { points: [{ x: 1, y: 2 }, 'no', null, { x: 1 }, { x: Number.NaN, y: 0 }] }
    expect(pointsOf(edge('e', 'a', 'b', data as DocumentEdge['data']))).toEqual([{ x: 1, y: 2 }])
    expect(pointsOf(edge('e', 'a', 'b', { points: 'many' }))).toEqual([])
    expect(pointsOf(edge('e', 'a', 'b'))).toEqual([])
  })

  it('leave the rest of its data alone, and leave nothing behind when they go', () => {
    const [ab, bc] = document.edges as [DocumentEdge, DocumentEdge]
    expect(ledThrough(ab, [])).toEqual(edge('ab', 'a', 'b', { label: 'first' }))
    expect(ledThrough(bc, [])).toEqual(edge('bc', 'b', 'c'))
    const changed = apply(document, [setPoints(bc, [])])
    expect(changed.edges[1]).toEqual(edge('bc', 'b', 'c'))
  })

  it('move with both its ends, and with nothing less', () => {
    const changed = apply(document, withPoints(document, [move('a', 100), move('b', 500)]))
    expect(changed.edges.map(pointsOf)).toEqual([[{ x: 400, y: 80 }], [{ x: 700, y: 80 }]])
    const apart = apply(document, withPoints(document, [move('a', 100), move('b', 600)]))
    expect(apart.edges).toEqual(document.edges)
  })
})
