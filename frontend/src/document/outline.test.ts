/** The outline: running order, under the last source, with nothing lost. */
import { expect, it } from 'vitest'
import type { DocumentEdge, DocumentNode } from '../api/document'
import { outlineOf } from './outline'

const node = (id: string): DocumentNode => ({ id, type: 't', position: { x: 0, y: 0 }, data: {} })
const edge = (source: string, target: string): DocumentEdge => ({
  id: `${source}${target}`,
  source,
  target,
  sourceHandle: null,
  targetHandle: null,
})
const shown = (nodes: string[], ...edges: [string, string][]) =>
  outlineOf({ nodes: nodes.map(node), edges: edges.map(([a, b]) => edge(a, b)) }).map(
    row => `${'  '.repeat(row.depth)}${row.node.id}`,
  )

it('a node is listed under the last of its sources', () => {
  expect(shown(['out', 'b', 'a', 'p'], ['a', 'b'], ['b', 'out'], ['p', 'out'])).toEqual([
    'a',
    '  b',
    '    out',
    'p',
  ])
})

it('names all sources of a node', () => {
  const rows = outlineOf({
    nodes: ['a', 'b', 'c'].map(node),
    edges: [edge('a', 'c'), edge('b', 'c'), edge('gone', 'c')],
  })
  expect(rows.find(row => row.node.id === 'c')?.sources).toEqual(['a', 'b'])
})

it('what is in a cycle is there, and once', () => {
  expect(
    shown(['a', 'b', 'c'], ['a', 'b'], ['b', 'a'], ['c', 'c'])
      .map(id => id.trim())
      .sort(),
  ).toEqual(['a', 'b', 'c'])
})
