import { describe, expect, it } from 'vitest'
import type { WorkflowSummary } from '../api/schema'
import { row } from '../ui/workflows/sample'
import { holding, state } from './format'

const now = new Date(2026, 10, 22, 12, 0, 0)
const earlier = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString()

describe('the state of the last run', () => {
  const said = (lastRun: WorkflowSummary['lastRun']) => {
    const { tone, parts } = state(row({ nodeCount: 11, lastRun }), now)
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

it.each([
  [0, 0, 'empty'],
  [1, 0, '1 workflow'],
  [9, 2, '9 workflows, 2 folders'],
  [0, 1, '1 folder'],
])('a folder of %d workflows and %d folders reads %s', (workflows, folders, words) =>
  expect(holding({ workflows, folders })).toBe(words),
)
