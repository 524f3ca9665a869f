import { expect, it } from 'vitest'
import type { ExecutionNode } from '../../api/schema'
import { IDLE } from '../../runs/fold'
import { warningsOf } from './warnings'

const row = (id: string, ...warnings: string[]): ExecutionNode => ({
  id,
  status: 'completed',
  ms: 1,
  cost: 0,
  cached: false,
  error: null,
  outputs: null,
  warnings,
  money: null,
})

it('warnings come from the stored steps and the events, each once for its node', () => {
  const live = new Map([
    ['b', { ...IDLE, warnings: ['Left out.', 'Slow.'] }],
    ['c', { ...IDLE, warnings: ['Left out.'] }],
  ])
  const rows = [row('a'), row('b', 'Left out.'), row('d', 'Old.')]
  expect(warningsOf(rows, live).map(({ node, text }) => `${node}: ${text}`)).toEqual([
    'b: Left out.',
    'b: Slow.',
    'd: Old.',
    'c: Left out.',
  ])
  expect(warningsOf([row('a')], new Map([['a', IDLE]]))).toEqual([])
})
