import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Deletions } from './deleting'

let calls: string[]
let refuse: boolean
let deletions: Deletions

beforeEach(() => {
  vi.useFakeTimers()
  calls = []
  refuse = false
  deletions = new Deletions(
    {
      remove: async (slug, leaving) => {
        calls.push(`remove ${slug}${leaving ? ' leaving' : ''}`)
        if (refuse) throw new Error('no')
      },
      removed: slug => void calls.push(`removed ${slug}`),
      failed: slug => void calls.push(`failed ${slug}`),
    },
    6000,
  )
})
afterEach(() => vi.useRealTimers())

const waiting = () => [...deletions.store.getState().slugs]

it('a workflow is hidden at once and deleted when the time to undo is over', async () => {
  deletions.begin('a')
  expect(waiting()).toEqual(['a'])
  await vi.advanceTimersByTimeAsync(5999)
  expect(calls).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(calls).toEqual(['remove a', 'removed a'])
  expect(waiting()).toEqual([])
})

it('undo brings it back and nothing is deleted', async () => {
  deletions.begin('a')
  deletions.undo('a')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(waiting()).toEqual([])
  expect(calls).toEqual([])
})

it('leaving the page deletes at once what waits, once', async () => {
  deletions.begin('a')
  deletions.begin('b')
  deletions.leave()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(calls).toEqual(['remove a leaving', 'remove b leaving'])
})

it('what the server would not delete is shown again and said', async () => {
  refuse = true
  deletions.begin('a')
  await vi.advanceTimersByTimeAsync(6000)
  expect(calls).toEqual(['remove a', 'failed a'])
  expect(waiting()).toEqual([])
})
