/** What the pages about runs say of a run, in words. No React. */
import type { ExecutionSummary } from '../api/schema'
import { duration } from '../lib/time'
import type { Tone } from '../runs/tone'
import { texts } from './texts'

/** The doors a run comes in by. */
export const SOURCES: Record<string, string> = {
  canvas: texts.canvas,
  api: texts.api,
  fal: texts.falApi,
  comfy: texts.comfyuiApi,
}

export const STATUSES: Record<ExecutionSummary['status'], string> = {
  processing: texts.running,
  completed: texts.done,
  failed: texts.failed,
  cancelled: texts.cancelled,
}

const TONES: Record<ExecutionSummary['status'], Tone> = {
  processing: 'running',
  completed: 'ok',
  failed: 'bad',
  cancelled: 'quiet',
}

export const tone = (run: Pick<ExecutionSummary, 'status'>): Tone => TONES[run.status]

/** How a run went: "Done in 3.4 s", "Failed at Draw text", "Waiting to start". */
export function outcome(run: Pick<ExecutionSummary, 'status' | 'state' | 'ms' | 'error'>): string {
  const at = run.error?.nodeName ?? run.error?.nodeId
  if (run.status === 'processing')
    return run.state === 'running' ? texts.running : texts.waitingToStart
  if (run.status === 'failed') return at ? texts.failedAtAt(at) : texts.failed
  if (run.status === 'completed' && run.ms !== null) return texts.doneInTime(duration(run.ms))
  return STATUSES[run.status]
}

/** What a run has cost: "2 credits"; nothing when it was free. */
export const price = (cost: number): string => (cost ? texts.credits(cost) : '')

/** The beginning of the text a run made; empty when it made something else. */
export function textIn(result: unknown): string {
  if (typeof result !== 'object' || result === null) return ''
  const { text } = result as { text?: unknown }
  return typeof text === 'string' ? text.slice(0, 200) : ''
}
