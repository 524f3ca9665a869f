import { expect, it } from 'vitest'
import type { QueuedRun } from '../../api/schema'
import { moved, neighbor } from './order'

const row = (id: string, state: QueuedRun['state'] = 'queued', mine = true) =>
  ({ executionId: id, state, mine, position: null }) as QueuedRun
const rows = [row('r', 'running'), row('a'), row('x', 'queued', false), row('b'), row('c')]
const ids = (found: readonly QueuedRun[]) => found.map(one => one.executionId).join(' ')

it('a run is moved among the waiting ones of its account alone', () => {
  expect(ids(moved(rows, ['c'], null))).toBe('r c x a b')
  expect(ids(moved(rows, ['a'], 'c'))).toBe('r b x c a')
  expect(ids(moved(rows, ['c', 'b'], null))).toBe('r c x b a')
  expect(moved(rows, ['c'], null).map(one => one.position)).toEqual([null, 1, null, 2, 3])
})

it('moving by one place stops at the ends', () => {
  const own = [row('a'), row('b'), row('c')]
  expect(neighbor(own, 'a', true)).toBeUndefined()
  expect(neighbor(own, 'b', true)).toBeNull()
  expect(neighbor(own, 'c', true)).toBe('a')
  expect(neighbor(own, 'a', false)).toBe('b')
  expect(neighbor(own, 'c', false)).toBeUndefined()
})
