/** How much the run button says a run is. */

import { expect, it } from 'vitest'
import type { CredentialSlot, PlannedNode, RunPlan } from '../api/schema'
import { amountOf, moneyRange, skippedWords, spendByKey, timeWords } from './plan'

const plan = (more: Partial<RunPlan>): RunPlan => ({
  version: 1,
  run: [],
  cached: [],
  passed: [],
  skipped: [],
  problems: [],
  upToDate: [],
  earlier: [],
  nodes: [],
  seconds: null,
  untimed: 0,
  credits: 0,
  usd: null,
  paidFor: null,
  ...more,
})

it('says how much will really run', () => {
  expect(amountOf(null)).toBe('')
  expect(amountOf(plan({ run: ['a', 'b'], cached: ['c'] }))).toBe('2 nodes')
  expect(amountOf(plan({ cached: ['a'] }))).toBe('all cached')
  expect(amountOf(plan({ problems: [{ code: 'MISSING_INPUT', message: 'x', nodeId: 'a' }] }))).toBe(
    'not ready',
  )
  expect(skippedWords(plan({ skipped: ['a', 'b'] }))).toBe('2 nodes will not run')
  expect(skippedWords(plan({}))).toBe('')
})

const planned = (id: string, usd: PlannedNode['usd']): PlannedNode => ({
  id,
  reason: 'new',
  fields: [],
  source: null,
  items: null,
  seconds: null,
  credits: 0,
  model: '',
  usd,
})

const slot = (nodeId: string, key: string): CredentialSlot => ({
  slot: nodeId,
  nodeId,
  node: nodeId,
  field: 'credential',
  app: '',
  provider: 'openai',
  origin: 'https://api.openai.com',
  wanted: false,
  editable: false,
  credential: key ? { id: key, name: key, last4: '1234' } : null,
})

it('adds up what each key pays for, and names where one is missing', () => {
  const known = plan({
    nodes: [
      planned('a', { low: 0.01, high: 0.02 }),
      planned('b', { low: 0.01, high: 0.01 }),
      planned('c', null),
    ],
  })
  const spends = spendByKey(known, [slot('a', 'studio'), slot('b', 'studio'), slot('c', '')])
  expect(spends.map(row => [row.name, moneyRange(row.usd)])).toEqual([
    ['studio …1234', '$0.02–$0.03'],
    ['', ''],
  ])
  expect(spendByKey(known, [slot('elsewhere', 'studio')])).toEqual([])
})

it('says a time only as exactly as it is known', () => {
  expect(timeWords(null)).toBe('')
  expect(timeWords(18)).toBe('about 18 s')
  expect(timeWords(18, 2)).toBe('at least 18 s')
})
