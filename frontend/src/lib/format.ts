/** Amounts as people read them: counts, credits, sizes of files. */
import { playingTime } from './time'

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** `214 kB`, decimal units; empty when it is not known. */
export function fileSize(bytes: number | null | undefined): string {
  if (bytes == null) return ''
  let size = bytes
  let unit = 0
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${size < 10 && unit > 1 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`
}

/** A number with its thousands apart and at most two digits behind the point: `1,204`, `0.25`. */
export const amount = (number: number): string =>
  number.toLocaleString('en-GB', { maximumFractionDigits: 2 })

/** `1 step`, `4 steps`, `1,204 steps`. */
export const count = (number: number, noun: string): string =>
  `${amount(number)} ${noun}${number === 1 ? '' : 's'}`

/** What is worth knowing of a file: its size in pixels, its length, its size in bytes. */
export function mediaFacts(media: {
  size?: number
  width?: number | null
  height?: number | null
  duration?: number | null
}): string[] {
  return [
    media.width && media.height ? `${media.width} × ${media.height}` : '',
    media.duration ? playingTime(media.duration) : '',
    fileSize(media.size),
  ].filter(Boolean)
}
