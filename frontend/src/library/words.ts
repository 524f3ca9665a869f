/** What the library says about times and runs, in words. No React. */
import { ApiError, sentence } from '../api/client'
import type { WorkflowSummary } from '../api/library'
import type { Holds } from './folders/folders'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Say how long something took: "40 ms", "3.4 s", "2 min 5 s", "1 h 3 min". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
}

/** Say when something was, seen from `now`: "just now", "5 min ago", "yesterday", "12 Nov". */
export function ago(iso: string, now: Date): string {
  const then = new Date(iso)
  const passed = now.getTime() - then.getTime()
  if (Number.isNaN(passed)) return ''
  if (passed < MINUTE) return 'just now'
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`
  const days = Math.round((midnight(now) - midnight(then)) / DAY)
  if (days === 0 || passed < 6 * HOUR) return `${Math.floor(passed / HOUR)} h ago`
  if (days === 1) return 'yesterday'
  if (days < 7) return `${days} days ago`
  const year = then.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year })
}

function midnight(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime()
}

/** Count things: "1 node", "11 nodes". */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-GB')} ${noun}${number === 1 ? '' : 's'}`
}

export type Tone = 'running' | 'ok' | 'bad' | 'quiet'

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

/** Say why the server refused, with the numbers when a limit is reached. */
export function refusal(error: unknown): string {
  if (error instanceof ApiError && error.code === 'WORKFLOW_LIMIT_REACHED') {
    const { limit, current } = error.body
    return (
      `You have ${current} workflows, and your plan holds ${limit}. ` +
      'Delete one you no longer need, then try again; templates do not count.'
    )
  }
  return sentence(error)
}
