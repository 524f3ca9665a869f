import { expect, it } from 'vitest'
import { fold, IDLE, NO_RUN } from './fold'
import { failedItems, itemsOf } from './items'

const image = (id: string) => ({ asset: id, url: `/media/${id}`, content_type: 'image/png' })
const at = '2026-01-01T00:00:00Z'

function folded(...events: object[]) {
  const state = { summary: NO_RUN, nodes: new Map() }
  fold(state, events.map((event, i) => ({ seq: i + 1, at, ...event })) as never)
  return state.nodes
}

const HALF = {
  type: 'items',
  node_id: 'n',
  count: 3,
  items: [
    { item: 0, digest: 'a', ms: 5, output: { image: image('x') } },
    {
      item: 2,
      digest: 'c',
      ms: 7,
      message: 'Refused.',
      error: { status: 422, body: { code: 'X' } },
    },
  ],
}

it('shows what is done, what has failed and what waits while a list is worked through', () => {
  const run = folded({ type: 'submit', node_id: 'n', app_id: 't' }, HALF).get('n')
  expect(itemsOf(run, 'image').map(({ state, message, ms }) => [state, message, ms])).toEqual([
    ['done', '', 5],
    ['waiting', '', null],
    ['failed', 'Refused.', 7],
  ])
  expect(itemsOf(run, 'image')[0]?.media?.asset).toBe('x')
})

it('takes from the whole result what was not written down item by item', () => {
  const output = { image: [image('x'), image('y'), null] }
  const done = { type: 'completion', node_id: 'n', app_id: 't', output, cached: false, ms: 9 }
  const run = folded(HALF, { ...done, items: 3, failed: 1 }).get('n')
  expect(itemsOf(run, 'image').map(({ state }) => state)).toEqual(['done', 'done', 'failed'])
  expect(itemsOf(run, 'image')[1]?.media?.asset).toBe('y')
  expect(failedItems([run, IDLE])).toBe(1)
})

it('has no items of a node that runs once', () => {
  expect(itemsOf({ ...IDLE, state: 'done', output: { text: 'x' } })).toEqual([])
})
