/** While more nodes run than may march, the canvas says so to its styles. */
import { expect, it } from 'vitest'
import { RunStore } from '../../runs/store'
import { keepCalm, MARCHING } from './calm'

/** A store whose run has so many nodes at work. */
function runs(running: number): RunStore {
  const store = new RunStore(run => {
    run()
    return 0
  })
  const nodes = Array.from({ length: running }, (_, number) => `n${number}`)
  Object.defineProperty(store, 'summary', { value: { ...store.summary, nodes } })
  Object.defineProperty(store, 'nodes', {
    value: new Map(nodes.map(id => [id, { ...store.node(id), state: 'running' }])),
  })
  return store
}

function marks(running: number): boolean {
  const marked: Record<string, boolean> = {}
  const element = {
    toggleAttribute: (name: string, on: boolean) => {
      marked[name] = on
      return on
    },
  }
  keepCalm(runs(running), element as unknown as HTMLElement)()
  return marked['data-calm'] === true
}

it('marches for a few nodes and stands still for many', () => {
  expect(marks(MARCHING)).toBe(false)
  expect(marks(MARCHING + 1)).toBe(true)
})
