/** What a run would do, in words. No React. */
import type { CredentialSlot, MoneyRange, RunPlan } from '../api/schema'
import { money } from '../lib/locale'
import { duration } from '../lib/time'
import { texts } from './texts'

/** How much a run would be: "2 nodes", "all cached", "not ready". */
export function amountOf(plan: RunPlan | null): string {
  if (!plan) return ''
  if (plan.problems.length) return texts.notReady
  if (plan.run.length) return texts.nodes(plan.run.length)
  return plan.cached.length ? texts.allCached : ''
}

/** "2 nodes will not run"; empty when none is. */
export function skippedWords({ skipped }: RunPlan): string {
  return skipped.length ? texts.nodesAreSkipped(skipped.length) : ''
}

/** "$0.04" or "$0.04–0.06"; empty where nothing is paid. */
export function moneyRange(usd: MoneyRange | null): string {
  if (!usd?.high) return ''
  return usd.low === usd.high ? money(usd.high) : texts.range(money(usd.low), money(usd.high))
}

/** How long it takes: "about 18 s", "at least 18 s", or nothing where nothing like it has run. */
export function timeWords(seconds: number | null, untimed = 0): string {
  if (seconds === null) return ''
  const time = duration(seconds * 1000)
  return untimed ? texts.atLeast(time) : texts.about(time)
}

/** What a run is expected to spend on one key, or where one is missing. */
export interface KeySpend {
  /** The id of the credential; empty: there is none yet. */
  credential: string
  name: string
  origin: string
  usd: MoneyRange | null
}

/** The keys that the nodes of a plan use, and what each is expected to pay for. */
export function spendByKey(
  plan: Pick<RunPlan, 'nodes'>,
  slots: readonly CredentialSlot[],
): KeySpend[] {
  const nodes = new Map(plan.nodes.map(node => [node.id, node]))
  const found = new Map<string, KeySpend>()
  for (const slot of slots) {
    const node = nodes.get(slot.nodeId)
    const { credential, origin } = slot
    if (!node || !(credential || slot.wanted || (slot.provider && origin))) continue
    const key = credential?.id ?? `for ${origin}`
    const row = found.get(key) ?? {
      credential: credential?.id ?? '',
      name: credential ? `${credential.name} …${credential.last4}` : '',
      origin,
      usd: null,
    }
    row.usd = added(row.usd, node.usd)
    found.set(key, row)
  }
  return [...found.values()]
}

function added(one: MoneyRange | null, other: MoneyRange | null): MoneyRange | null {
  if (!one || !other) return one ?? other
  return { low: one.low + other.low, high: one.high + other.high }
}
