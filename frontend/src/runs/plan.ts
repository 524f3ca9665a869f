/** What a run would do, in words. No React. */
import type { RunPlan } from '../api/schema'
import { texts } from './texts'

/** How much a run would be: "2 nodes", "all cached", "not ready". */
export function amountOf(plan: RunPlan | null): string {
  if (!plan) return ''
  if (plan.problems.length) return texts.notReady
  if (plan.run.length) return texts.nodes(plan.run.length)
  return plan.cached.length ? texts.allCached : ''
}

/** "2 nodes are skipped: …"; empty when none is. */
export function skippedWords({ skipped }: RunPlan): string {
  return skipped.length ? texts.nodesAreSkipped(skipped.length) : ''
}
