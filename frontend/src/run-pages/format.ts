/** What the pages about runs say of a run, in words. No React. */
import type { Execution, ExecutionSummary, Money } from '../api/schema'
import { money as usd } from '../lib/locale'
import { duration } from '../lib/time'
import type { Tone } from '../runs/tone'
import { texts } from './texts'

/** Where a run comes from. */
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

export const tone = (run: Pick<ExecutionSummary, 'status' | 'state'>): Tone =>
  run.state === 'paused' ? 'quiet' : TONES[run.status]

/** How a run went: "Done in 3.4 s", "Failed at Draw text", "Waiting to start". */
export function outcome(
  run: Pick<ExecutionSummary, 'status' | 'state' | 'pausing' | 'ms' | 'error'>,
): string {
  const at = run.error?.nodeName ?? run.error?.nodeId
  if (run.status === 'processing') {
    if (run.state === 'paused') return texts.paused
    if (run.pausing) return texts.pausing
    return run.state === 'running' ? texts.running : texts.waitingToStart
  }
  if (run.status === 'failed') return at ? texts.failedAtAt(at) : texts.failed
  if (run.status === 'completed' && run.ms !== null) return texts.doneInTime(duration(run.ms))
  return STATUSES[run.status]
}

/** What a run has cost: "2 credits"; nothing when it was free. */
export const price = (cost: number): string => (cost ? texts.credits(cost) : '')

/** What providers were paid: "$0.08", "not said", "$0.08 and more"; nothing when none was called. */
export function paid(money: Money | null | undefined): string {
  if (!money?.calls) return ''
  if (money.usd === null) return texts.notSaid
  return money.unknownCalls ? texts.andMore(usd(money.usd)) : usd(money.usd)
}

/** What the nodes of a run have paid together; null when none called a provider. */
export function paidInAll(run: Pick<Execution, 'nodes'>): Money | null {
  const rows = run.nodes.flatMap(node => node.money ?? [])
  if (!rows.length) return null
  const known = rows.flatMap(row => row.usd ?? [])
  const sum = (numbers: number[]) => numbers.reduce((all, number) => all + number, 0)
  return {
    usd: known.length ? sum(known) : null,
    calls: sum(rows.map(row => row.calls)),
    unknownCalls: sum(rows.map(row => row.unknownCalls)),
  }
}

/** The beginning of the text a run made; empty when it made something else. */
export function textIn(result: unknown): string {
  if (typeof result !== 'object' || result === null) return ''
  const { text } = result as { text?: unknown }
  return typeof text === 'string' ? text.slice(0, 200) : ''
}
