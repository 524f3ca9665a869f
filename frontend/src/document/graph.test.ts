/** What closes a cycle, and what a connection connects. */
import { describe, expect, it } from 'vitest'
import type { NodeType } from '../api/catalog'
import type { WorkflowDocument } from '../api/document'
import { input } from '../catalog/ports'
import { catalogOf } from '../catalog/recorded'
import { closesCycle, connectedInputs, edgeTypes } from './graph'

const type = (name: string, more: Partial<NodeType> = {}): NodeType => ({
  type: name,
  name,
  category: 'Test',
  description: '',
  aliases: [],
  version: 1,
  sink: false,
  runs: true,
  deterministic: true,
  dynamic: null,
  preview: null,
  width: 280,
  inputs: [input({ name: 'in', type: 'image' })],
  outputs: [{ name: 'out', type: 'image', label: '' }],
  ...more,
})
const catalog = catalogOf([
  type('step'),
  type('end', { sink: true }),
  type('note', { runs: false }),
])

function graph(nodes: Record<string, string>, edges: [string, string][]): WorkflowDocument {
  return {
    nodes: Object.entries(nodes).map(([id, kind]) => ({
      id,
      type: kind,
      position: { x: 0, y: 0 },
      data: {},
    })),
    edges: edges.map(([source, target]) => ({
      id: source + target,
      source,
      target,
      sourceHandle: 'out-out',
      targetHandle: 'in-in',
    })),
  }
}

describe('edges', () => {
  const document = graph({ a: 'step', b: 'step', c: 'end' }, [
    ['a', 'b'],
    ['b', 'c'],
  ])

  it('close a circle when they lead back', () => {
    expect(closesCycle(document, 'c', 'a')).toBe(true)
    expect(closesCycle(document, 'a', 'a')).toBe(true)
    expect(closesCycle(document, 'a', 'c')).toBe(false)
  })

  it('have the types of the ports at their ends, by any way of writing a handle', () => {
    const ends = (sourceHandle: string | null, targetHandle: string | null) =>
      edgeTypes(document, catalog, { source: 'a', target: 'b', sourceHandle, targetHandle })
    expect(ends('out-out', 'in-in').target?.name).toBe('in')
    expect(ends('out', 'in').source).toBe('image')
    expect(ends(null, null).target?.type).toBe('image')
    expect(ends('nothing-out', 'in').source).toBeUndefined()
  })

  it('mark the inputs they feed', () => {
    expect([...connectedInputs(document, catalog, 'b')]).toEqual(['in'])
    expect([...connectedInputs(document, catalog, 'a')]).toEqual([])
  })
})
