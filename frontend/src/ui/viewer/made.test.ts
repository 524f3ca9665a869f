import { describe, expect, it } from 'vitest'
import type { NodeType } from '../../api/catalog'
import type { Execution } from '../../api/schema'
import { input } from '../../catalog/ports'
import { catalogOf } from '../../catalog/recorded'
import { madeOf, nodeOf, seedOf } from './made'

const blur = {
  type: 'blurImage',
  name: 'Blur',
  inputs: [input({ name: 'image', type: 'image' }), input({ name: 'radius', type: 'number' })],
  outputs: [],
} as unknown as NodeType
const catalog = catalogOf([blur])
const row = (id: string, more = {}) =>
  ({
    id,
    status: 'completed',
    ms: 5,
    cost: 0,
    cached: false,
    error: null,
    outputs: null,
    warnings: [],
    money: null,
    ...more,
  }) as Execution['nodes'][number]

const graph = {
  nodes: [
    { id: 'o', type: 'preview', data: {} },
    { id: 'b', type: 'blurImage', data: { radius: 7, label: 'Soft' } },
    { id: 'x', type: 'textBox', data: { text: 'apart' } },
    { id: 'g', type: 'gradient', data: { width: 320, seed: 1 } },
  ],
  edges: [
    { id: '1', source: 'g', target: 'b', sourceHandle: 'image', targetHandle: 'image-in' },
    { id: '2', source: 'b', target: 'o', sourceHandle: 'image', targetHandle: 'value' },
  ],
} as never

describe('how a result was made', () => {
  it('is the nodes before it in order, and nothing that stands apart', () => {
    const made = madeOf(
      graph,
      'b',
      { nodes: [row('g', { cost: 2 }), row('b')], randomized: {} },
      catalog,
    )
    expect(made.map(({ id }) => id)).toEqual(['g', 'b'])
    expect(made[0]?.credits).toBe(2)
    expect(made[1]?.title).toBe('Soft')
    expect(made[1]?.values.map(({ name, text }) => [name, text])).toEqual([['radius', '7']])
  })

  it('ends in a cycle too', () => {
    const cycle = {
      nodes: (graph as never as { nodes: [] }).nodes,
      edges: [
        { id: '1', source: 'g', target: 'b' },
        { id: '2', source: 'b', target: 'g' },
      ],
    } as never
    expect(madeOf(cycle, 'b', { nodes: [], randomized: {} }, catalog)).toHaveLength(2)
  })

  it('finds the node by its file, and the seed that was drawn', () => {
    const file = { asset: 'a1', url: '/media/a1', content_type: 'image/png' }
    const run = {
      nodes: [
        row('g'),
        row('b', { outputs: { images: [file] } }),
        row('o', { outputs: { value: file } }),
      ],
    }
    expect(nodeOf(run as Execution, 'a1')).toBe('b')
    expect(nodeOf(run as Execution, 'other')).toBe(null)
    const values = [{ name: 'noise_seed', label: 'Seed', text: '41', long: false }]
    expect(seedOf([{ values } as never])).toBe('41')
    expect(seedOf([])).toBe('')
  })
})
