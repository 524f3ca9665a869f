/** What an edit makes outdated before the server returns a plan, and what undoing it brings back. */
import { describe, expect, it } from 'vitest'
import type { WorkflowDocument } from '../api/document'
import { carried, changedNodes, sameWork } from './freshness'

const chain = (text: string, more: object = {}): WorkflowDocument => ({
  nodes: ['a', 'b', 'c', 'apart'].map(id => ({
    id,
    type: 'textBox',
    position: { x: 0, y: 0 },
    data: id === 'b' ? { text, ...more } : {},
  })),
  edges: [
    { id: '1', source: 'a', target: 'b', sourceHandle: 'text-out', targetHandle: 'text-in' },
    { id: '2', source: 'b', target: 'c', sourceHandle: 'text-out', targetHandle: 'text-in' },
  ],
})
const all = new Set(['a', 'b', 'c', 'apart'])

describe('results before the server returns a plan', () => {
  it('are outdated from the edited node on, and nowhere else', () => {
    const known = { document: chain('x'), upToDate: all }
    expect([...carried(known, chain('y')).upToDate].sort()).toEqual(['a', 'apart'])
  })

  it('are up to date again once the edit is undone', () => {
    const known = { document: chain('x'), upToDate: all }
    expect(carried(known, chain('x')).upToDate).toEqual(all)
  })

  it('do not mind titles and places', () => {
    const moved = chain('x', { label: 'Mine' })
    moved.nodes = moved.nodes.map(node => ({ ...node, position: { x: 9, y: 9 } }))
    expect(changedNodes(chain('x'), moved)).toEqual([])
    expect(sameWork(chain('x'), moved)).toBe(true)
  })

  it('are outdated below a connection that is gone', () => {
    const cut = { ...chain('x'), edges: chain('x').edges.slice(1) }
    const known = { document: chain('x'), upToDate: all }
    expect([...carried(known, cut).upToDate].sort()).toEqual(['a', 'apart'])
  })

  it('are another piece of work when a node is gone', () => {
    const fewer = { ...chain('x'), nodes: chain('x').nodes.slice(0, 3) }
    expect(sameWork(chain('x'), fewer)).toBe(false)
  })
})
