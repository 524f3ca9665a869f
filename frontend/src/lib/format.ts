/** Amounts in words: sizes, times and counts with their units. */
import type { MediaReference } from '../api/catalog'

/** `214 kB`, decimal units. */
export function fileSize(bytes: number | null | undefined): string {
  if (bytes == null) return ''
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB']
  let size = bytes / 1000
  let unit = 0
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${size < 10 && unit ? size.toFixed(1) : Math.round(size)} ${units[unit]}`
}

/** `0.1 s`, `12 s`, `3 min 5 s`, from milliseconds. */
export function duration(ms: number): string {
  const seconds = ms / 1000
  if (ms < 50) return `${Math.max(1, Math.round(ms))} ms`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const rest = Math.round(seconds % 60)
  return `${Math.floor(seconds / 60)} min${rest ? ` ${rest} s` : ''}`
}

/** `0:07`, `1:02:03`, from seconds. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map(part => String(part).padStart(2, '0'))
  const hours = Math.floor(whole / 3600)
  return hours ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '')
}

/** What is worth knowing of a file: its size in pixels, its length, its size in bytes. */
export function mediaFacts(media: MediaReference): string[] {
  return [
    media.width && media.height ? `${media.width} × ${media.height}` : '',
    media.duration ? clock(media.duration) : '',
    fileSize(media.size),
  ].filter(Boolean)
}

/** `1 step`, `4 steps`. */
export function count(amount: number, word: string): string {
  return `${amount} ${word}${amount === 1 ? '' : 's'}`
}
