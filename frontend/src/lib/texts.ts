/** What is said the same everywhere: lengths of time, moments, sizes, failures of the network. */
import { amount, defineTexts, LOCALE } from './locale'

const days = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' })

export const texts = defineTexts({
  // format
  size: (size: string, unit: string) => `${size} ${unit}`,
  pixels: (width: number, height: number) => `${width} × ${height}`,

  // time
  milliseconds: (ms: number) => `${amount(ms)} ms`,
  seconds: (seconds: string) => `${seconds} s`,
  minutes: (minutes: number) => `${amount(minutes)} min`,
  minutesAndSeconds: (minutes: number, seconds: number) => `${minutes} min ${seconds} s`,
  hoursAndMinutes: (hours: number, minutes: number) => `${amount(hours)} h ${minutes} min`,
  justNow: 'just now',
  minutesAgo: (minutes: number) => `${minutes} min ago`,
  hoursAgo: (hours: number) => `${hours} h ago`,
  daysAgo: (passed: number) => days.format(-passed, 'day'),
  today: 'Today',
  yesterday: 'Yesterday',
  date: (moment: Date, options?: Intl.DateTimeFormatOptions) =>
    moment.toLocaleString(LOCALE, options),

  // errors
  loggedOut: 'You are logged out. Log in again; your edits are saved.',
  workflowLimit: (current: number, limit: number) =>
    `You have ${amount(current)} workflows, and your plan holds ${amount(limit)}. ` +
    'Delete one you no longer need, then try again; templates do not count.',
  serverUnreachable: 'The server cannot be reached.',
})
