/** What is in a frame, and what a collapsed one hides. */
import { expect, it } from 'vitest'
import type { DocumentNode } from '../api/document'
import { hidden, members, withMembers } from './frames'

const node = (id: string, type: string, x: number, y: number, more: object = {}): DocumentNode => ({
  id,
  type,
  position: { x, y },
  data: {},
  ...more,
})
const sizeOf = () => ({ width: 100, height: 100 })
const outer = node('outer', 'frame', 0, 0, { width: 1000, height: 600 })
const inner = node('inner', 'frame', 40, 40, { width: 300, height: 300 })
const nodes = [
  outer,
  inner,
  node('a', 'blur', 60, 60),
  node('edge', 'blur', 260, 60),
  node('b', 'blur', 700, 100),
  node('out', 'blur', 980, 100),
]
const ids = (list: DocumentNode[]) => list.map(({ id }) => id)

it('a node is in a frame when its middle does, a frame when it does whole', () => {
  expect(ids(members(outer, nodes, sizeOf))).toEqual(['inner', 'a', 'edge', 'b'])
  expect(ids(members(inner, nodes, sizeOf))).toEqual(['a', 'edge'])
})

it('two frames of one size do not hold each other', () => {
  const twin = { ...outer, id: 'twin' }
  expect(ids(members(outer, [outer, twin], sizeOf))).toEqual([])
})

it('a collapsed frame hides what is in it, the outermost one all', () => {
  const collapsed = nodes.map(one => (one.type === 'frame' ? { ...one, collapsed: true } : one))
  expect(Object.fromEntries(hidden(collapsed, sizeOf))).toEqual({
    inner: 'outer',
    a: 'outer',
    edge: 'outer',
    b: 'outer',
  })
  const one = nodes.map(each => (each.id === 'inner' ? { ...each, collapsed: true } : each))
  expect(Object.fromEntries(hidden(one, sizeOf))).toEqual({ a: 'inner', edge: 'inner' })
})

it('what is done to a frame is done to all in it', () => {
  expect(withMembers(['out', 'inner'], nodes, sizeOf)).toEqual(['inner', 'a', 'edge', 'out'])
})
