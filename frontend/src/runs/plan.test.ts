/** How much the run button says a run is. */

import { expect, it } from 'vitest'
import type { RunPlan } from '../api/schema'
import { amountOf, skippedWords } from './plan'

const plan = (more: Partial<RunPlan>): RunPlan => ({
  version: 1,
  run: [],
  cached: [],
  passed: [],
  skipped: [],
  problems: [],
  upToDate: [],
  ...more,
})

it('says how much will really run', () => {
  expect(amountOf(null)).toBe('')
  expect(amountOf(plan({ run: ['a', 'b'], cached: ['c'] }))).toBe('2 nodes')
  expect(amountOf(plan({ cached: ['a'] }))).toBe('all cached')
  expect(amountOf(plan({ problems: [{ code: 'MISSING_INPUT', message: 'x', nodeId: 'a' }] }))).toBe(
    'not ready',
  )
  expect(skippedWords(plan({ skipped: ['a', 'b'] }))).toBe(
    '2 nodes are skipped: not connected, or left out',
  )
  expect(skippedWords(plan({}))).toBe('')
})
