/** Days and amounts of the usage page. No React. */
import type { UsageDay } from '../../api/schema'
import { DAY, date } from '../../lib/time'

/** Every day up to today, also those on which nothing was spent, oldest first. */
export function everyDay(byDay: readonly UsageDay[], days: number, now: Date): UsageDay[] {
  const known = new Map(byDay.map(row => [row.day, row]))
  return Array.from({ length: days }, (_, index) => {
    const at = new Date(now.getTime() - (days - 1 - index) * DAY)
    const day = at.toISOString().slice(0, 10)
    return known.get(day) ?? { day, amount: 0, runs: 0 }
  })
}

/** `3 Jan`, of a day of UTC. */
export function dayWords(day: string): string {
  const options = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const
  return date(new Date(`${day}T00:00:00Z`), options)
}
