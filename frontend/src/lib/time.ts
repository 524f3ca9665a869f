/** Lengths of time and moments as users read them. */
import { fixed } from './locale'
import { texts } from './texts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A moment by the calendar of the language, with the parts that `options` names. */
export const date = texts.date

/** How long something took, from milliseconds: "40 ms", "3.4 s", "2 min 5 s", "1 h 3 min". */
export function duration(ms: number): string {
  if (ms < 999.5) return texts.milliseconds(Math.round(ms))
  if (ms < 9_950) return texts.seconds(fixed(ms / 1000, 1))
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return texts.seconds(fixed(seconds, 0))
  const minutes = Math.floor(seconds / 60)
  if (minutes >= 60) return texts.hoursAndMinutes(Math.floor(minutes / 60), minutes % 60)
  return seconds % 60 ? texts.minutesAndSeconds(minutes, seconds % 60) : texts.minutes(minutes)
}

/** The length of a video or audio, from seconds, as players write it: "0:07", "1:02:03". */
export function playingTime(seconds: number): string {
  const whole = Math.round(seconds)
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map(part => String(part).padStart(2, '0'))
  const hours = Math.floor(whole / 3600)
  return hours ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '')
}

/** When something was, seen from `now`: "just now", "5 min ago", "yesterday", "12 Nov". */
export function ago(iso: string, now: Date): string {
  const then = new Date(iso)
  const passed = now.getTime() - then.getTime()
  if (Number.isNaN(passed)) return ''
  if (passed < MINUTE) return texts.justNow
  if (passed < HOUR) return texts.minutesAgo(Math.floor(passed / MINUTE))
  const days = Math.round((midnight(now) - midnight(then)) / DAY)
  if (days === 0 || passed < 6 * HOUR) return texts.hoursAgo(Math.floor(passed / HOUR))
  if (days < 7) return texts.daysAgo(days)
  const year = then.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return date(then, { day: 'numeric', month: 'short', year })
}

function midnight(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime()
}

/** The day of a moment as a heading: "Today", "Yesterday", "Monday, 2 November". */
export function dayHeading(iso: string, now: Date): string {
  const then = new Date(iso)
  const day = (time: Date) => time.toDateString()
  if (day(then) === day(now)) return texts.today
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (day(then) === day(before)) return texts.yesterday
  return date(then, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(then.getFullYear() !== now.getFullYear() && { year: 'numeric' }),
  })
}

/** The time of day, "14:05", with `seconds` "14:05:09"; empty for what is no moment. */
export function timeOfDay(iso: string, seconds = false): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return ''
  const second = seconds ? '2-digit' : undefined
  return date(time, { hour: '2-digit', minute: '2-digit', second })
}
