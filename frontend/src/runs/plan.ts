/** What a run would do, in words. No React. */
import type { RunPlan } from '../api/schema'
import { count } from '../lib/format'

/** How much a run would be: "2 nodes", "all cached", "not ready". */
export function amountOf(plan: RunPlan | null): string {
  if (!plan) return ''
  if (plan.problems.length) return 'not ready'
  if (plan.run.length) return count(plan.run.length, 'node')
  return plan.cached.length ? 'all cached' : ''
}

/** "2 nodes are skipped: not connected"; empty when none is. */
export function skippedWords({ skipped }: RunPlan): string {
  if (!skipped.length) return ''
  const are = `${count(skipped.length, 'node')} ${skipped.length === 1 ? 'is' : 'are'}`
  return `${are} skipped: not connected`
}
