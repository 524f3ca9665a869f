/** Lengths of time and moments as people read them. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** How long something took, from milliseconds: "40 ms", "3.4 s", "2 min 5 s", "1 h 3 min". */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
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
  if (passed < MINUTE) return 'just now'
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`
  const days = Math.round((midnight(now) - midnight(then)) / DAY)
  if (days === 0 || passed < 6 * HOUR) return `${Math.floor(passed / HOUR)} h ago`
  if (days === 1) return 'yesterday'
  if (days < 7) return `${days} days ago`
  const year = then.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year })
}

function midnight(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime()
}

/** The day of a moment as a heading: "Today", "Yesterday", "Monday, 2 November". */
export function dayHeading(iso: string, now: Date): string {
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

/** The time of day, "14:05", with `seconds` "14:05:09"; empty for what is no moment. */
export function timeOfDay(iso: string, seconds = false): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return ''
  const second = seconds ? '2-digit' : undefined
  return time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second })
}
