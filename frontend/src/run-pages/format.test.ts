import { describe, expect, it } from 'vitest'
import { outcome, price, textIn } from './format'

describe('how a run went', () => {
  const run = { status: 'completed', state: 'completed', ms: null, error: null } as const
  it.each([
    [{ ...run, ms: 3400 }, 'Done in 3.4 s'],
    [run, 'Done'],
    [{ ...run, status: 'processing', state: 'queued' } as const, 'Waiting to start'],
    [{ ...run, status: 'processing', state: 'running' } as const, 'Running'],
    [
      { ...run, status: 'failed', error: { message: 'x', nodeName: 'Draw text' } } as const,
      'Failed at Draw text',
    ],
    [{ ...run, status: 'failed', error: { message: 'x', nodeId: 'n1' } } as const, 'Failed at n1'],
    [{ ...run, status: 'failed', error: { message: 'x' } } as const, 'Failed'],
    [{ ...run, status: 'cancelled', ms: 20 } as const, 'Cancelled'],
  ])('%o reads %s', (row, words) => expect(outcome(row)).toBe(words))
})

it.each([
  [0, ''],
  [1, '1 credit'],
  [0.125, '0.13 credits'],
  [1200, '1,200 credits'],
])('%d credits read %j', (cost, words) => expect(price(cost)).toBe(words))

it('the text a run made is told, other results are not', () => {
  expect(textIn({ text: 'Dear Ada' })).toBe('Dear Ada')
  expect(textIn({ text: ['a'] })).toBe('')
  expect(textIn(null)).toBe('')
})
