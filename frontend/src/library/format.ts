/** What the library says about times and runs, in words. No React. */
import type { WorkflowSummary } from '../api/schema'
import { list } from '../lib/locale'
import { ago, duration } from '../lib/time'
import type { Tone } from '../runs/tone'
import type { Holds } from './folders/folders'
import { texts } from './texts'

/** What is spoken of: one workflow by its name, several by their number. */
export function workflowWords(rows: readonly WorkflowSummary[]): string {
  const [first, ...others] = rows
  return first && !others.length ? first.name : texts.workflows(rows.length)
}

/** What a card says of its workflow's last run, in parts that are joined by dots. */
export function state(row: WorkflowSummary, now: Date): { tone: Tone; parts: string[] } {
  const nodes = texts.nodes(row.nodeCount)
  const run = row.lastRun
  if (!run) {
    return {
      tone: 'quiet',
      parts: [texts.notRunYet, nodes, texts.editedWhen(ago(row.updatedAt, now))],
    }
  }
  if (run.status === 'processing') return { tone: 'running', parts: [texts.running, nodes] }
  const when = run.finishedAt ? [ago(run.finishedAt, now)] : []
  if (run.status === 'failed') {
    const what = run.failedNode ? texts.failedAtFailedNode(run.failedNode) : texts.failed
    return { tone: 'bad', parts: [what, nodes, ...when] }
  }
  if (run.status === 'cancelled') return { tone: 'quiet', parts: [texts.cancelled, nodes, ...when] }
  const what = run.ms === null ? texts.done : texts.doneInTime(duration(run.ms))
  return { tone: 'ok', parts: [what, nodes, ...when] }
}

/** What a folder holds: "6 workflows", "9 workflows, 2 folders", "empty". */
export function holding({ workflows, folders }: Holds): string {
  const parts = [
    ...(workflows ? [texts.workflows(workflows)] : []),
    ...(folders ? [texts.folders(folders)] : []),
  ]
  return parts.length ? list(parts) : texts.empty
}
