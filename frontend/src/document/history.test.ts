/** Undo and redo as a user meets them: per step, grouped by burst, a hundred deep. */
import { describe, expect, it } from 'vitest'
import type { Operation } from '../api/document'
import { GROUP_MS, History, STEPS } from './history'
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

  it('keeps a hundred steps', () => {
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
  })

  it('does the rest of a step whose target somebody removed, and says so', () => {
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

  it('changes nothing in a document that may only be read', () => {
    const store = new DocumentStore(start(), false)
    store.edit([set(5)], { label: 'No' })
    expect(store.document.nodes[0]?.data.x).toBe(0)
  })
})
