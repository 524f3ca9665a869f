/** Sizes of files as users read them. Numbers themselves are in `locale`. */
import { fixed } from './locale'
import { texts } from './texts'
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
  const digits = size < 10 && unit > 1 ? 1 : 0
  return texts.size(fixed(size, digits), UNITS[unit] ?? '')
}

/** What is worth knowing of a file: its size in pixels, its length, its size in bytes. */
export function mediaFacts(media: {
  size?: number
  width?: number | null
  height?: number | null
  duration?: number | null
}): string[] {
  return [
    media.width && media.height ? texts.pixels(media.width, media.height) : '',
    media.duration ? playingTime(media.duration) : '',
    fileSize(media.size),
  ].filter(Boolean)
}
