/** What operations promise: exact inverses, no mutation, clear refusals, fitting edits kept. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Operation, WorkflowDocument } from '../api/document'
import { BadOperation } from './draft'
import { apply, applyFitting, applyWithInverse, compact } from './operations'

const ids = ['a', 'b', 'c', 'd', 'e', 'f']
const anyId = fc.constantFrom(...ids)
const anyKey = fc.constantFrom('position', 'width', 'label', 'color')
const anyValue = fc.option(fc.oneof(fc.integer(), fc.string(), fc.constant(null)), {
  nil: undefined,
})
const node = (id: string, data = {}) => ({ id, type: 'textBox', position: { x: 0, y: 0 }, data })
const edge = (id: string) => ({ id, source: 'a', target: 'b' })

const anyDocument: fc.Arbitrary<WorkflowDocument> = fc
  .tuple(fc.subarray(ids), fc.subarray(ids), fc.dictionary(fc.constantFrom('x', 'y'), fc.nat()))
  .map(([nodes, edges, data]) => ({
    name: 'Test',
    nodes: nodes.map(id => node(id, data)),
    edges: edges.map(edge),
  }))

const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(anyId, fc.option(fc.nat(6), { nil: undefined })).map(
    ([id, index]): Operation => ({
      op: 'node.add',
      node: node(id),
      ...(index !== undefined && { index }),
    }),
  ),
  anyId.map((id): Operation => ({ op: 'node.remove', id })),
  fc
    .tuple(anyId, anyKey, anyValue)
    .map(([id, key, value]): Operation => ({ op: 'node.set', id, key, value })),
  fc
    .tuple(anyId, fc.constantFrom('x', 'y', 'z'), anyValue)
    .map(([id, field, value]): Operation => ({ op: 'field.set', id, field, value })),
  anyId.map((id): Operation => ({ op: 'edge.add', edge: edge(id) })),
  anyId.map((id): Operation => ({ op: 'edge.remove', id })),
  fc
    .tuple(anyId, anyKey, anyValue)
    .map(([id, key, value]): Operation => ({ op: 'edge.set', id, key, value })),
  fc
    .tuple(fc.constantFrom('name', 'tags', 'other'), anyValue)
    .map(([key, value]): Operation => ({ op: 'meta.set', key, value })),
  fc.shuffledSubarray(ids).map((order): Operation => ({ op: 'node.order', ids: order })),
  fc.shuffledSubarray(ids).map((order): Operation => ({ op: 'edge.order', ids: order })),
)

describe('operations', () => {
  it('are taken back exactly by their inverse, order of nodes and edges included', () => {
    let accepted = 0
    fc.assert(
      fc.property(anyDocument, fc.array(anyOperation, { maxLength: 12 }), (document, wanted) => {
        const { kept } = applyFitting(document, wanted)
        accepted += kept.length
        const done = applyWithInverse(document, kept)
        expect(applyWithInverse(done.document, done.inverse).document).toEqual(document)
      }),
      { numRuns: 400 },
    )
    expect(accepted).toBeGreaterThan(400)
  })

  it('never change the document they are given', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(anyOperation, { maxLength: 8 }), (document, wanted) => {
        const before = structuredClone(document)
        applyFitting(document, wanted)
        expect(document).toEqual(before)
      }),
      { numRuns: 200 },
    )
  })

  it('have the same effect when repeated sets are folded into the last', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(anyOperation, { maxLength: 12 }), (document, wanted) => {
        const { kept } = applyFitting(document, wanted)
        expect(apply(document, compact(kept))).toEqual(apply(document, kept))
      }),
      { numRuns: 300 },
    )
  })

  it('reuse every object they do not touch', () => {
    const document = { nodes: [node('a'), node('b')], edges: [edge('e')] }
    const after = apply(document, [{ op: 'field.set', id: 'a', field: 'text', value: 'hi' }])
    expect(after.nodes[1]).toBe(document.nodes[1])
    expect(after.edges).toBe(document.edges)
    expect(after.nodes[0]?.data).toEqual({ text: 'hi' })
  })

  it('remove a field when no value is given', () => {
    const document = { nodes: [node('a', { text: 'hi', size: 1 })], edges: [] }
    const after = apply(document, [{ op: 'field.set', id: 'a', field: 'text' }])
    expect(after.nodes[0]?.data).toEqual({ size: 1 })
  })

  it.each<[string, Operation, string]>([
    ['an unknown node', { op: 'node.remove', id: 'z' }, 'id'],
    ['a second node of one id', { op: 'node.add', node: node('a') }, 'node.id'],
    ['a place behind the end', { op: 'node.add', node: node('z'), index: 9 }, 'index'],
    ['the id of a node', { op: 'node.set', id: 'a', key: 'id', value: 'z' }, 'key'],
    ['the data as a whole', { op: 'node.set', id: 'a', key: 'data', value: {} }, 'key'],
    ['a read-only key', { op: 'meta.set', key: 'slug', value: 'z' }, 'key'],
    ['the nodes as metadata', { op: 'meta.set', key: 'nodes', value: [] }, 'key'],
    ['an order that is no permutation', { op: 'node.order', ids: ['a', 'a'] }, 'ids'],
    ['an unknown operation', { op: 'node.explode' } as never, 'op'],
  ])('refuse %s and say which operation and field', (_, operation, field) => {
    const document = { nodes: [node('a'), node('b')], edges: [] }
    const fine: Operation = { op: 'field.set', id: 'a', field: 'x', value: 1 }
    try {
      apply(document, [fine, operation])
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(BadOperation)
      expect(error).toMatchObject({ index: 1, field })
    }
  })

  it('keep what still fits and report what does not', () => {
    const document = { nodes: [node('a')], edges: [] }
    const { document: after, dropped } = applyFitting(document, [
      { op: 'field.set', id: 'gone', field: 'x', value: 1 },
      { op: 'field.set', id: 'a', field: 'x', value: 2 },
      { op: 'node.add', node: node('b'), index: 7 },
    ])
    expect(dropped).toEqual([{ op: 'field.set', id: 'gone', field: 'x', value: 1 }])
    expect(after.nodes.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(after.nodes[0]?.data.x).toBe(2)
  })
})
