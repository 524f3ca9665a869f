// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { type PastRun, readHistory, withRun, writeHistory } from './history'

const run = (id: string, more: Partial<PastRun> = {}): PastRun => ({
  id,
  at: '2026-01-01T00:00:00Z',
  status: 'completed',
  ms: 5,
  inputs: {},
  result: null,
  message: '',
  ...more,
})

beforeEach(() => localStorage.clear())

test('a new run comes first, a known one stays in its place', () => {
  const runs = withRun([run('b'), run('a')], run('c', { status: 'processing' }))
  expect(runs.map(({ id }) => id)).toEqual(['c', 'b', 'a'])
  const ended = withRun(runs, run('b', { ms: 9 }))
  expect(ended.map(({ id, ms }) => [id, ms])).toEqual([
    ['c', 5],
    ['b', 9],
    ['a', 5],
  ])
})

test('the oldest runs are forgotten, by number and by size', () => {
  let runs: PastRun[] = []
  for (let i = 0; i < 30; i += 1) runs = withRun(runs, run(String(i)))
  expect(runs).toHaveLength(12)
  const big = run('big', { result: { text: 'x'.repeat(190_000) } })
  expect(withRun([big], run('next', { result: { text: 'y'.repeat(50_000) } }))).toHaveLength(1)
})

test('each person has their own list', () => {
  writeHistory('ada', 'poster', [run('a')])
  expect(readHistory('ada', 'poster').map(({ id }) => id)).toEqual(['a'])
  expect(readHistory('', 'poster')).toEqual([])
  writeHistory('ada', 'poster', [])
  expect(localStorage.length).toBe(0)
})

test('rubbish in the storage is passed over', () => {
  localStorage.setItem('played ada poster', '[1, {"id": 2}, null]')
  expect(readHistory('ada', 'poster')).toEqual([])
  localStorage.setItem('played ada poster', '{')
  expect(readHistory('ada', 'poster')).toEqual([])
})
