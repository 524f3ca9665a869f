/** Undo and redo as a user meets them: per step, grouped by burst, a hundred deep. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../api/document'
import { GROUP_MS, History, STEPS, type Step } from './history'
import { apply, applyFitting, applyWithInverse } from './operations'
import { DocumentStore } from './store'

const set = (value: number): Operation => ({ op: 'field.set', id: 'a', field: 'x', value })
const start = () => ({
  nodes: [{ id: 'a', type: 't', position: { x: 0, y: 0 }, data: { x: 0 } }],
  edges: [],
})

describe('history', () => {
  it('undoes and redoes every edit back to the same document', () => {
    const store = new DocumentStore(start(), true)
    for (let i = 1; i <= 20; i++) store.edit([set(i)], { label: `Set ${i}` })
    const end = store.document
    for (let i = 0; i < 20; i++) expect(store.undo()).toBe(`Set ${20 - i}`)
    expect(store.document).toEqual(start())
    expect(store.state.getState().canUndo).toBe(false)
    for (let i = 0; i < 20; i++) store.redo()
    expect(store.document).toEqual(end)
    expect(store.state.getState().canRedo).toBe(false)
  })

  it('makes one step of a burst in one group', () => {
    const history = new History()
    const step = (value: number, at: number) =>
      history.record({
        label: 'x',
        operations: [set(value)],
        inverse: [set(value - 1)],
        group: 'g',
        at,
      })
    step(1, 0)
    step(2, GROUP_MS - 1)
    step(3, 3 * GROUP_MS)
    expect(history.undo()?.inverse).toEqual([set(2)])
    expect(history.undo()?.inverse).toEqual([set(1), set(0)])
    expect(history.undo()).toBeUndefined()
  })

  it('forgets what could be redone after a new edit', () => {
    const store = new DocumentStore(start(), true)
    store.edit([set(1)], { label: 'One' })
    store.undo()
    store.edit([set(2)], { label: 'Two' })
    expect(store.redo()).toBeUndefined()
    expect(store.document.nodes[0]?.data.x).toBe(2)
  })

  it('keeps a number of steps, and knows that the log has older ones', () => {
    const history = new History()
    for (let i = 0; i < STEPS + 5; i++) {
      history.record({ label: String(i), operations: [set(i)], inverse: [set(i - 1)], at: i })
    }
    let last: string | undefined
    let steps = 0
    for (let step = history.undo(); step; step = history.undo()) {
      last = step.label
      steps += 1
    }
    expect(steps).toBe(STEPS)
    expect(last).toBe('5')
    expect(history.hasOlder).toBe(true)
  })

  it('does the rest of a step whose target another user removed, and says so', () => {
    const store = new DocumentStore(start(), true)
    let skipped = 0
    store.onSkipped = count => {
      skipped = count
    }
    store.edit([set(1)], { label: 'One' })
    store.show({ nodes: [], edges: [] })
    store.undo()
    expect(skipped).toBe(1)
    expect(store.document.nodes).toEqual([])
  })

  it('takes back nothing that another user has set since', () => {
    const store = new DocumentStore(start(), true)
    let skipped = 0
    store.onSkipped = count => {
      skipped += count
    }
    const more: Operation = { op: 'field.set', id: 'a', field: 'y', value: 1 }
    store.edit([set(1), more], { label: 'Both' })
    store.show(apply(store.document, [set(7)]))
    store.undo()
    expect(store.document.nodes[0]?.data).toEqual({ x: 7 })
    expect(skipped).toBe(1)
  })

  it('keeps a node that another user has connected or changed since', () => {
    const node = { id: 'b', type: 't', position: { x: 0, y: 0 }, data: {} }
    for (const theirs of [
      { op: 'edge.add', edge: { id: 'e', source: 'a', target: 'b' } },
      { op: 'field.set', id: 'b', field: 'x', value: 1 },
    ] satisfies Operation[]) {
      const store = new DocumentStore(start(), true)
      store.edit([{ op: 'node.add', node }], { label: 'Add' })
      store.show(apply(store.document, [theirs]))
      store.undo()
      expect(store.document.nodes.map(({ id }) => id)).toEqual(['a', 'b'])
    }
  })

  it('gives back every byte after two hundred edits, a reload and as many undos', async () => {
    const field = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y'), fc.json())
    const anyEdit: fc.Arbitrary<Operation> = fc.oneof(
      field.map(([id, key, value]): Operation => ({ op: 'field.set', id, field: key, value })),
      fc.constantFrom('p', 'q', 'r').map((id): Operation => ({ op: 'node.remove', id })),
      fc.tuple(fc.constantFrom('p', 'q', 'r'), fc.nat(3)).map(([id, index]): Operation => {
        const node = { id, type: 't', position: { x: index, y: 0 }, data: {} }
        return { op: 'node.add', node, index }
      }),
      fc.constantFrom('e', 'f').map((id): Operation => ({ op: 'edge.remove', id })),
      fc.constantFrom('e', 'f').map((id): Operation => {
        return { op: 'edge.add', edge: { id, source: 'a', target: 'b' } }
      }),
    )
    const first = {
      nodes: ['a', 'b', 'c'].map(id => ({ id, type: 't', position: { x: 0, y: 0 }, data: {} })),
      edges: [],
    }
    await fc.assert(
      fc.asyncProperty(fc.array(anyEdit, { minLength: 200, maxLength: 200 }), async edits => {
        const before = new DocumentStore(first, true)
        const log: Step[] = []
        let current = before.document
        for (const [i, wanted] of edits.entries()) {
          const { kept } = applyFitting(current, [wanted])
          if (!kept.length) continue
          const { document, inverse } = applyWithInverse(current, kept)
          current = document
          log.push({ id: String(i), label: '', operations: kept, inverse, at: 0 })
        }
        const after = new DocumentStore(structuredClone(current), true)
        after.history.hasOlder = true
        const pages = Array.from({ length: 20 }, (_, i) =>
          log.toReversed().slice(i * 11, i * 11 + 11),
        )
        after.older = async () => {
          after.history.extend(pages.shift() ?? [], [])
          after.history.hasOlder = pages.length > 0
        }
        let skipped = 0
        after.onSkipped = count => {
          skipped += count
        }
        for (;;) {
          await after.readOlder()
          if (after.undo() === undefined) break
        }
        expect(JSON.stringify(after.document)).toBe(JSON.stringify(first))
        expect(skipped).toBe(0)
      }),
      { numRuns: 25 },
    )
  })

  it('changes nothing in a document that may only be read', () => {
    const store = new DocumentStore(start(), false)
    store.edit([set(5)], { label: 'No' })
    expect(store.document.nodes[0]?.data.x).toBe(0)
  })
})
