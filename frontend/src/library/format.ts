/** What the library says about times and runs, in words. No React. */
import type { WorkflowSummary } from '../api/schema'
import { count } from '../lib/format'
import { ago, duration } from '../lib/time'
import type { Tone } from '../runs/tone'
import type { Holds } from './folders/folders'

/** What a card says of its workflow's last run, in parts that are joined by dots. */
export function state(row: WorkflowSummary, now: Date): { tone: Tone; parts: string[] } {
  const nodes = count(row.nodeCount, 'node')
  const run = row.lastRun
  if (!run) {
    return { tone: 'quiet', parts: ['Not run yet', nodes, `edited ${ago(row.updatedAt, now)}`] }
  }
  if (run.status === 'processing') return { tone: 'running', parts: ['Running', nodes] }
  const when = run.finishedAt ? [ago(run.finishedAt, now)] : []
  if (run.status === 'failed') {
    const what = run.failedNode ? `Failed at ${run.failedNode}` : 'Failed'
    return { tone: 'bad', parts: [what, nodes, ...when] }
  }
  if (run.status === 'cancelled') return { tone: 'quiet', parts: ['Cancelled', nodes, ...when] }
  const what = run.ms === null ? 'Done' : `Done in ${duration(run.ms)}`
  return { tone: 'ok', parts: [what, nodes, ...when] }
}

/** What a folder holds: "6 workflows", "9 workflows, 2 folders", "empty". */
export function holding({ workflows, folders }: Holds): string {
  const parts = [
    workflows && count(workflows, 'workflow'),
    folders && count(folders, 'folder'),
  ].filter(Boolean)
  return parts.join(', ') || 'empty'
}
