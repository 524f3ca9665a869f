/** How long a template takes and what it costs, in a few words. No React. */
import type { WorkflowSummary } from '../api/schema'
import { duration } from '../lib/time'
import { texts } from './texts'

/** What one run costs: credits where the server charges any, else whether a provider is paid. */
export function cost(row: WorkflowSummary): string {
  if (row.estimatedCreditCost) return texts.aboutCredits(row.estimatedCreditCost)
  return row.template?.needs.some(({ kind }) => kind === 'key') ? texts.paidPerUse : texts.free
}

/** Both, the time only where it is known: "3.0 s · free". */
export function price(row: WorkflowSummary): string {
  const ms = row.template?.ms
  return ms == null ? cost(row) : `${duration(ms)} · ${cost(row)}`
}
