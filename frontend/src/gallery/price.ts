/** How long a template takes and what it costs, in a few words. No React. */
import type { WorkflowSummary } from '../api/schema'
import { duration } from '../lib/time'
import { texts } from './texts'

/** What one run costs: credits where the server charges any, else whether a provider is paid. */
export function cost(row: WorkflowSummary): string {
  if (row.estimatedCreditCost) return texts.aboutCredits(row.estimatedCreditCost)
  return row.template?.needs.some(({ kind }) => kind === 'key') ? texts.paidPerUse : texts.free
}

const MINUTE = 60_000

/** How long a run usually takes, to the second. */
export const time = (ms: number): string =>
  ms < MINUTE ? texts.seconds(Math.max(1, Math.round(ms / 1000))) : duration(ms)

/** Both, the time only where it is known: "3 s · free". */
export function price(row: WorkflowSummary): string {
  const ms = row.template?.ms
  return ms == null ? cost(row) : `${time(ms)} · ${cost(row)}`
}
