/** Measures of cards, and that React Flow's objects are reused while nothing about them changed. */
import { describe, expect, it } from 'vitest'
import type { NodeType } from '../../api/catalog'
import type { DocumentNode, Operation, WorkflowDocument } from '../../api/document'
import { input } from '../../catalog/ports'
import { catalogOf } from '../../catalog/recorded'
import { apply } from '../../document/operations'
import { Flow } from './flow'
import { layout } from './layout'
import { HEADER } from './rows'

const type = (name: string, more: Partial<NodeType>): NodeType => ({
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
  width: 320,
  inputs: [],
  outputs: [],
  ...more,
})
const picture = { name: 'image', type: 'image', label: '' }
const blur = type('blur', {
  preview: 'image',
  inputs: [
    input({ name: 'image', type: 'image', required: true }),
    input({ name: 'radius', type: 'number', widget: 'slider' }),
    input({ name: 'fine', type: 'number', widget: 'number', advanced: true }),
  ],
  outputs: [picture],
})
const text = type('text', {
  width: 280,
  inputs: [input({ name: 'text', type: 'text', widget: 'textarea' })],
  outputs: [{ name: 'text', type: 'text', label: '' }],
})
const ask = type('ask', {
  dynamic: 'fields',
  outputs: [{ name: 'params', type: 'json', label: '' }],
})
const node = (id: string, kind: string, data = {}): DocumentNode => ({
  id,
  type: kind,
  position: { x: 0, y: 0 },
  data,
})
const none = { in: [], out: [] }
const catalog = catalogOf([blur, text, ask])

describe('the layout of a card', () => {
  it('puts a port in the middle of the row it feeds', () => {
    const { rows, ports, height } = layout(catalog, node('a', 'blur'), none)
    const row = rows.find(found => found.kind === 'field')
    const port = ports.find(found => found.id === 'radius-in')
    expect(port?.y).toBe((row?.top ?? 0) + (row?.height ?? 0) / 2)
    expect(height).toBeGreaterThan((row?.top ?? 0) + (row?.height ?? 0))
  })

  it('puts a single result beside its preview', () => {
    const { rows, ports } = layout(catalog, node('a', 'blur'), none)
    expect(rows[0]).toMatchObject({ kind: 'preview', top: HEADER })
    const out = ports.find(port => port.side === 'out')
    expect(out?.y).toBeGreaterThan(HEADER)
    expect(out?.y).toBeLessThan(HEADER + (rows[0]?.height ?? 0))
  })

  it('leaves advanced inputs out until an edge feeds them', () => {
    const names = (handles: string[]) =>
      layout(catalog, node('a', 'blur'), { in: handles, out: [] }).ports.map(port => port.name)
    expect(names([])).not.toContain('fine')
    expect(names(['fine-in'])).toContain('fine')
  })

  it('gives up the block of a text that comes from an edge', () => {
    const typed = layout(catalog, node('a', 'text'), none)
    const connected = layout(catalog, node('a', 'text'), { in: ['text-in'], out: [] })
    expect(typed.rows[0]?.kind).toBe('block')
    expect(connected.rows.some(row => row.kind === 'block')).toBe(false)
    expect(connected.height).toBeLessThan(typed.height)
  })

  it('gives every request field a row and a port beside it', () => {
    const fields = [
      { name: 'photo', type: 'image' },
      { name: 'size', type: 'number' },
    ]
    const { rows, ports } = layout(catalog, node('a', 'ask', { fields }), none)
    expect(rows.map(row => row.kind)).toEqual(['request', 'request', 'add'])
    expect(ports.map(port => port.id)).toEqual(['photo-out', 'size-out', 'params-out'])
    ports.forEach((port, i) => {
      const { top = 0, height = 0 } = rows[i] ?? {}
      expect(port.y).toBeGreaterThan(top)
      expect(port.y).toBeLessThan(top + height)
    })
  })

  it('keeps an end for every edge of a type it does not know', () => {
    const { ports } = layout(catalog, node('a', 'magic'), { in: ['x-in'], out: ['y-out'] })
    expect(ports.map(port => [port.id, port.lost])).toEqual([
      ['x-in', true],
      ['y-out', true],
    ])
  })

  it('keeps the size a person gave a note', () => {
    const note = { ...node('n', 'note'), width: 300, height: 90 }
    expect(layout(catalog, note, none)).toMatchObject({ width: 300, height: 90 })
  })
})

describe('the arrays for React Flow', () => {
  const document: WorkflowDocument = {
    nodes: [node('t', 'text'), node('b', 'blur'), node('c', 'blur')],
    edges: [{ id: 'e', source: 'b', target: 'c', sourceHandle: 'image', targetHandle: 'image-in' }],
  }
  const open = () => {
    const flow = new Flow(catalog)
    flow.update(document)
    const after = (...operations: Operation[]) => {
      const before = flow.state.getState()
      flow.update(apply(document, operations))
      return { before, now: flow.state.getState() }
    }
    return { flow, after }
  }

  it('change one object when one field changes', () => {
    const { before, now } = open().after({ op: 'field.set', id: 'b', field: 'radius', value: 3 })
    expect(now.nodes.map((found, i) => found === before.nodes[i])).toEqual([true, false, true])
    expect(now.edges[0]).toBe(before.edges[0])
  })

  it('keep a card’s data when only its place changes', () => {
    const value = { x: 8, y: 16 }
    const { before, now } = open().after({ op: 'node.set', id: 'b', key: 'position', value })
    expect(now.nodes[1]?.position).toEqual(value)
    expect(now.nodes[1]?.data).toBe(before.nodes[1]?.data)
  })

  it('come with sizes and handles, so that nothing is measured', () => {
    const { nodes, edges } = open().flow.state.getState()
    for (const found of nodes) {
      expect(found.width).toBeGreaterThan(0)
      expect(found.height).toBeGreaterThan(0)
      expect(found.handles?.length).toBeGreaterThan(0)
    }
    expect(edges[0]).toMatchObject({ sourceHandle: 'image-out', targetHandle: 'image-in' })
    expect(edges[0]?.data?.kind).toBe('image')
  })

  it('keep the selection through edits', () => {
    const { flow } = open()
    flow.select(['b'])
    flow.update(apply(document, [{ op: 'field.set', id: 'b', field: 'radius', value: 3 }]))
    expect(flow.state.getState().selected).toEqual(['b'])
    flow.update(apply(document, [{ op: 'node.remove', id: 'b' }]))
    expect(flow.state.getState().selected).toEqual([])
  })

  it('leave a node where it is being dragged when an edit comes in', () => {
    const { flow } = open()
    const { nodes, edges } = flow.state.getState()
    const position = { x: 99, y: 99 }
    flow.put(
      nodes.map(found => (found.id === 'b' ? { ...found, position, dragging: true } : found)),
      edges,
    )
    flow.update(apply(document, [{ op: 'field.set', id: 'b', field: 'radius', value: 3 }]))
    expect(flow.state.getState().nodes[1]?.position).toEqual(position)
  })
})

describe('what modes and frames make of cards', () => {
  const chain: WorkflowDocument = {
    nodes: [
      { ...node('f', 'frame'), position: { x: -20, y: -50 }, width: 900, height: 600 },
      node('a', 'blur'),
      { ...node('b', 'blur'), position: { x: 400, y: 0 } },
      { ...node('c', 'blur'), position: { x: 1200, y: 0 } },
    ],
    edges: [
      { id: 'ab', source: 'a', sourceHandle: 'image-out', target: 'b', targetHandle: 'image-in' },
      { id: 'bc', source: 'b', sourceHandle: 'image-out', target: 'c', targetHandle: 'image-in' },
    ],
  }
  const set = (id: string, key: string, value: unknown): Operation => ({
    op: 'node.set',
    id,
    key,
    value,
  })

  it('shows a collapsed frame, from the first, with the ports that cross its edge', () => {
    const flow = new Flow(catalog)
    flow.update(apply(chain, [set('f', 'collapsed', true)]))
    const { nodes, edges } = flow.state.getState()
    expect(nodes.map(({ id }) => id)).toEqual(['f', 'c'])
    expect(edges.map(({ source, sourceHandle }) => [source, sourceHandle])).toEqual([
      ['f', 'b image-out-out'],
    ])
    expect(flow.layoutOf('f')?.ports.map(port => port.label)).toEqual(['blur: image'])
    expect(flow.real('f', 'b image-out-out')).toEqual({ node: 'b', handle: 'image-out' })
    flow.update(chain)
    expect(flow.state.getState().nodes).toHaveLength(4)
  })

  it('makes new cards of those alone that a mode reaches', () => {
    const flow = new Flow(catalog)
    flow.update(chain)
    const before = new Map(flow.state.getState().nodes.map(rf => [rf.id, rf]))
    flow.update(apply(chain, [set('b', 'mode', 'mute')]))
    const now = flow.state.getState().nodes
    expect(now.filter(rf => rf !== before.get(rf.id)).map(({ id }) => id)).toEqual(['b', 'c'])
    expect(now.find(({ id }) => id === 'c')?.data.status.needs).toBe('blur')
  })
})
