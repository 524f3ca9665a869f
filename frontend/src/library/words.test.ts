import { describe, expect, it } from 'vitest'
import { ApiError } from '../api/client'
import { row } from './sample'
import { ago, count, duration, holding, refusal, state } from './words'

const now = new Date(2026, 10, 22, 12, 0, 0)
const earlier = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString()

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [412.4, '412 ms'],
    [3400, '3.4 s'],
    [9960, '10 s'],
    [59_400, '59 s'],
    [59_700, '1 min'],
    [125_000, '2 min 5 s'],
    [3_780_000, '1 h 3 min'],
  ])('%d milliseconds read %s', (ms, words) => expect(duration(ms)).toBe(words))
})

describe('moments', () => {
  it.each([
    [3, 'just now'],
    [-20, 'just now'],
    [60, '1 min ago'],
    [59 * 60, '59 min ago'],
    [2 * 3600 + 10, '2 h ago'],
    [13 * 3600, 'yesterday'],
    [3 * 86_400, '3 days ago'],
  ])('%d seconds ago reads %s', (seconds, words) => expect(ago(earlier(seconds), now)).toBe(words))

  it('a night does not turn four hours into yesterday', () => {
    const night = new Date(2026, 10, 22, 2, 0, 0)
    expect(ago(new Date(2026, 10, 21, 22, 0, 0).toISOString(), night)).toBe('4 h ago')
  })

  it('older moments are dates, with the year when it is another one', () => {
    expect(ago(new Date(2026, 9, 3).toISOString(), now)).toBe('3 Oct')
    expect(ago(new Date(2025, 9, 3).toISOString(), now)).toBe('3 Oct 2025')
  })

  it('no moment says nothing', () => expect(ago('', now)).toBe(''))
})

describe('the state of the last run', () => {
  const said = (run: Parameters<typeof row>[0]['lastRun']) => {
    const { tone, parts } = state(row({ nodeCount: 11, lastRun: run }), now)
    return `${tone}: ${parts.join(' · ')}`
  }
  const run = { executionId: 'x', ms: null, finishedAt: null, failedNode: null }

  it('a completed run says how long it took and when', () =>
    expect(said({ ...run, status: 'completed', ms: 3400, finishedAt: earlier(7200) })).toBe(
      'ok: Done in 3.4 s · 11 nodes · 2 h ago',
    ))
  it('a failed run says where', () =>
    expect(
      said({ ...run, status: 'failed', failedNode: 'Draw text', finishedAt: earlier(86_400) }),
    ).toBe('bad: Failed at Draw text · 11 nodes · yesterday'))
  it('a run that failed before any node says only that', () =>
    expect(said({ ...run, status: 'failed' })).toBe('bad: Failed · 11 nodes'))
  it('a run under way says so', () =>
    expect(said({ ...run, status: 'processing' })).toBe('running: Running · 11 nodes'))
  it('a cancelled run says so', () =>
    expect(said({ ...run, status: 'cancelled', finishedAt: earlier(60) })).toBe(
      'quiet: Cancelled · 11 nodes · 1 min ago',
    ))
  it('a workflow that never ran says when it was edited', () => {
    const { parts } = state(row({ nodeCount: 1, updatedAt: earlier(300) }), now)
    expect(parts.join(' · ')).toBe('Not run yet · 1 node · edited 5 min ago')
  })
})

it('counts are singular for one', () => {
  expect(count(1, 'node')).toBe('1 node')
  expect(count(0, 'node')).toBe('0 nodes')
  expect(count(2000, 'node')).toBe('2,000 nodes')
})

it.each([
  [0, 0, 'empty'],
  [1, 0, '1 workflow'],
  [9, 2, '9 workflows, 2 folders'],
  [0, 1, '1 folder'],
])('a folder of %d workflows and %d folders reads %s', (workflows, folders, words) =>
  expect(holding({ workflows, folders })).toBe(words),
)

it('a reached limit says the limit and how many there are', () => {
  const body = { error: 'Full', code: 'WORKFLOW_LIMIT_REACHED', limit: 20, current: 21 }
  const said = refusal(new ApiError(403, 'WORKFLOW_LIMIT_REACHED', 'Full', body))
  expect(said).toContain('You have 21 workflows, and your plan holds 20.')
  expect(refusal(new ApiError(404, 'NOT_FOUND', 'Gone.', {}))).toBe('Gone.')
})
