/** Caps of keys as they are typed, and what was spent in words. No React. */
import type { Credential } from '../../api/schema'
import { list, money } from '../../lib/locale'
import { texts } from '../texts'

export interface CapDraft {
  capPerDay: string
  capPerMonth: string
}

export const NO_CAPS: CapDraft = { capPerDay: '', capPerMonth: '' }

export const draftOf = ({ capPerDay, capPerMonth }: Credential): CapDraft => ({
  capPerDay: capPerDay === null ? '' : String(capPerDay),
  capPerMonth: capPerMonth === null ? '' : String(capPerMonth),
})

/** The amounts of what was typed, null for none, and what is no amount by its field. */
export function readCaps(draft: CapDraft) {
  const wrong: Record<string, string> = {}
  const read = (name: keyof CapDraft): number | null => {
    const text = draft[name].trim().replace(',', '.')
    if (!text) return null
    const usd = Number(text)
    if (Number.isFinite(usd) && usd >= 0) return usd
    wrong[name] = texts.caps.noAmount
    return null
  }
  return { caps: { capPerDay: read('capPerDay'), capPerMonth: read('capPerMonth') }, wrong }
}

/** "14 calls this month, $1.20", and its caps. */
export function spentWords(key: Credential): string {
  const { spentThisMonth, callsThisMonth } = key
  return callsThisMonth
    ? texts.caps.spent(callsThisMonth, money(spentThisMonth))
    : texts.caps.notUsed
}

/** "$5.00 a day, $50.00 a month", or that there is no cap. */
export function capWords({ capPerDay, capPerMonth }: Credential): string {
  const parts = [
    capPerDay === null ? '' : texts.caps.aDay(money(capPerDay)),
    capPerMonth === null ? '' : texts.caps.aMonth(money(capPerMonth)),
  ].filter(Boolean)
  return parts.length ? texts.caps.atMost(list(parts)) : texts.caps.noCap
}

/** The share of a key's caps that is spent, 0 to 1; null without a cap. */
export function shareSpent(key: Credential): number | null {
  const { capPerDay, capPerMonth, spentToday, spentThisMonth } = key
  const shares = [
    capPerDay === null ? null : capPerDay ? spentToday / capPerDay : 1,
    capPerMonth === null ? null : capPerMonth ? spentThisMonth / capPerMonth : 1,
  ].filter(share => share !== null)
  return shares.length ? Math.min(1, Math.max(...shares)) : null
}
