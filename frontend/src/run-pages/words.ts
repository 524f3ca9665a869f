/** What the pages about runs say of a run, in words. No React. */
import type { RunRow } from '../api/runs'
import { duration, type Tone } from '../library/words'

/** The doors a run comes in by. */
export const SOURCES: Record<string, string> = {
  canvas: 'Canvas',
  api: 'API',
  fal: 'fal API',
  comfy: 'ComfyUI API',
}

export const STATUSES: Record<RunRow['status'], string> = {
  processing: 'Running',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

const TONES: Record<RunRow['status'], Tone> = {
  processing: 'running',
  completed: 'ok',
  failed: 'bad',
  cancelled: 'quiet',
}

export const tone = (run: Pick<RunRow, 'status'>): Tone => TONES[run.status]

/** How a run went: "Done in 3.4 s", "Failed at Draw text", "Waiting to start". */
export function outcome(run: Pick<RunRow, 'status' | 'state' | 'ms' | 'error'>): string {
  const at = run.error?.nodeName ?? run.error?.nodeId
  if (run.status === 'processing') return run.state === 'running' ? 'Running' : 'Waiting to start'
  if (run.status === 'failed') return at ? `Failed at ${at}` : 'Failed'
  if (run.status === 'completed' && run.ms !== null) return `Done in ${duration(run.ms)}`
  return STATUSES[run.status]
}

/** What a run has cost: "2 credits"; nothing when it was free. */
export function price(cost: number): string {
  if (!cost) return ''
  const amount = cost.toLocaleString('en-GB', { maximumFractionDigits: 2 })
  return `${amount} credit${cost === 1 ? '' : 's'}`
}

/** The day of a moment as a heading: "Today", "Yesterday", "Monday, 2 November". */
export function day(iso: string, now: Date): string {
  const then = new Date(iso)
  const date = (time: Date) => time.toDateString()
  if (date(then) === date(now)) return 'Today'
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (date(then) === date(before)) return 'Yesterday'
  return then.toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(then.getFullYear() !== now.getFullYear() && { year: 'numeric' }),
  })
}

/** The time of day, to the minute. */
export const time = (iso: string): string =>
  new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })

/** The beginning of the text a run made; empty when it made something else. */
export function textIn(result: unknown): string {
  if (typeof result !== 'object' || result === null) return ''
  const { text } = result as { text?: unknown }
  return typeof text === 'string' ? text.slice(0, 200) : ''
}
