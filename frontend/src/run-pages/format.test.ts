import { describe, expect, it } from 'vitest'
import { outcome, paid, paidInAll, price, textIn } from './format'

describe('how a run went', () => {
  const run = {
    status: 'completed',
    state: 'completed',
    pausing: false,
    ms: null,
    error: null,
  } as const
  const processing = { ...run, status: 'processing' } as const
  it.each([
    [{ ...run, ms: 3400 }, 'Done in 3.4 s'],
    [run, 'Done'],
    [{ ...processing, state: 'queued' } as const, 'Waiting to start'],
    [{ ...processing, state: 'running' } as const, 'Running'],
    [{ ...processing, state: 'running', pausing: true } as const, 'Pausing …'],
    [{ ...processing, state: 'paused' } as const, 'Paused'],
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

it('the text a run made is shown, other results are not', () => {
  expect(textIn({ text: 'Dear Ada' })).toBe('Dear Ada')
  expect(textIn({ text: ['a'] })).toBe('')
  expect(textIn(null)).toBe('')
})

describe('what providers were paid', () => {
  it.each([
    [null, ''],
    [{ usd: null, calls: 2, unknownCalls: 2 }, 'not said'],
    [{ usd: 0, calls: 1, unknownCalls: 0 }, '$0.00'],
    [{ usd: 0.0031, calls: 1, unknownCalls: 0 }, '$0.0031'],
    [{ usd: 12.4, calls: 3, unknownCalls: 1 }, '$12.40 and more'],
  ])('%j is %s', (money, words) => {
    expect(paid(money)).toBe(words)
  })

  it('is added up over the nodes, and unknown while no provider says it', () => {
    const of = (...rows: (object | null)[]) =>
      paidInAll({ nodes: rows.map(money => ({ money })) } as never)
    expect(of(null, null)).toBeNull()
    expect(of({ usd: null, calls: 1, unknownCalls: 1 })?.usd).toBeNull()
    expect(
      of({ usd: 0.5, calls: 1, unknownCalls: 0 }, null, { usd: null, calls: 2, unknownCalls: 2 }),
    ).toEqual({ usd: 0.5, calls: 3, unknownCalls: 2 })
  })
})
