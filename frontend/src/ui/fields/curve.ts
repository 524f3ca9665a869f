/** Curves of tones: their points, the line through them as the server draws it, and how points move. */
import type { Json } from '../../api/document'

/** The tone before and the tone after, from 0 to 255. */
export type Point = readonly [number, number]

export const CHANNELS = ['all', 'red', 'green', 'blue'] as const
export type Channel = (typeof CHANNELS)[number]
export type Curves = Record<Channel, readonly Point[]>

/** As many points as a curve can have, and the brightest tone. */
export const FEWEST_POINTS = 2
export const MOST_POINTS = 16
export const TOP = 255

const STRAIGHT: readonly Point[] = [
  [0, 0],
  [TOP, TOP],
]

const isTone = (value: unknown) => typeof value === 'number' && value >= 0 && value <= TOP

function isCurve(value: unknown): value is Point[] {
  return (
    Array.isArray(value) &&
    value.length >= FEWEST_POINTS &&
    value.length <= MOST_POINTS &&
    value.every(
      (point, at) =>
        Array.isArray(point) &&
        point.length === 2 &&
        point.every(isTone) &&
        (at === 0 || point[0] > value[at - 1][0]),
    )
  )
}

/** The curves of a value; what is none in it counts as straight, null for what has no curves. */
export function readCurves(value: Json | undefined): Curves | null {
  if (typeof value === 'string') return null
  const given = (value ?? {}) as Record<string, unknown>
  const known = Object.entries(given).every(
    ([name, points]) =>
      (CHANNELS as readonly string[]).includes(name) && (points === null || isCurve(points)),
  )
  if (!known || Array.isArray(value)) return null
  const of = (channel: Channel) => (given[channel] as Point[] | null | undefined) ?? STRAIGHT
  return { all: of('all'), red: of('red'), green: of('green'), blue: of('blue') }
}

/** Whether a curve changes nothing. */
export const isStraight = (points: readonly Point[]): boolean =>
  points[0]?.[0] === 0 && points.at(-1)?.[0] === TOP && points.every(([x, y]) => x === y)

/** The value to keep: the curves that change something, undefined where none does. */
export function writeCurves(curves: Curves): Json | undefined {
  const kept = CHANNELS.filter(channel => !isJustStraight(curves[channel]))
  if (!kept.length) return undefined
  return Object.fromEntries(kept.map(channel => [channel, curves[channel] as unknown as Json]))
}

/** A straight curve of two points is as good as none; one with more is being worked on. */
const isJustStraight = (points: readonly Point[]) => points.length === 2 && isStraight(points)

/**
 * The tones that a curve makes of others: a cubic between two points that never passes them, level
 * outside. The same as `tones` of the server (`nodes/image/curves_image.py`), which names the source.
 */
export function tones(points: readonly Point[], values: readonly number[]): number[] {
  const parts = points.slice(1).map(([x, y], at) => {
    const [left, from] = points[at] as Point
    return { width: x - left, rise: y - from }
  })
  const slopes = slopesOf(parts.map(({ rise, width }) => rise / width))
  return values.map(value => {
    const found = points.findLastIndex(([x]) => x <= value)
    const at = Math.min(parts.length - 1, Math.max(0, found))
    const [x, y] = points[at] as Point
    const { width, rise } = parts[at] as { width: number; rise: number }
    const t = Math.min(1, Math.max(0, (value - x) / width))
    const secant = rise / width
    const bend =
      (1 - t) * ((slopes[at] as number) - secant) - t * ((slopes[at + 1] as number) - secant)
    return y + t * rise + t * (1 - t) * width * bend
  })
}

function slopesOf(secants: readonly number[]): number[] {
  const slopes = [secants[0] as number, ...secants]
  for (let at = 1; at < secants.length; at++) {
    const [left, right] = [secants[at - 1] as number, secants[at] as number]
    slopes[at] = left * right > 0 ? (left + right) / 2 : 0
  }
  secants.forEach((secant, at) => {
    const [left, right] = [slopes[at] as number, slopes[at + 1] as number]
    const reach = secant === 0 ? 0 : (left / secant) ** 2 + (right / secant) ** 2
    if (secant === 0) slopes[at] = slopes[at + 1] = 0
    else if (reach > 9) {
      slopes[at] = (3 / Math.sqrt(reach)) * left
      slopes[at + 1] = (3 / Math.sqrt(reach)) * right
    }
  })
  return slopes
}

const whole = (value: number) => Math.min(TOP, Math.max(0, Math.round(value)))

/** Move a point; it stays between its neighbors. */
export function movePoint(points: readonly Point[], at: number, x: number, y: number): Point[] {
  const low = (points[at - 1]?.[0] ?? -1) + 1
  const high = (points[at + 1]?.[0] ?? TOP + 1) - 1
  const place = Math.min(high, Math.max(low, whole(x)))
  return points.map((point, i) => (i === at ? [place, whole(y)] : point))
}

/** Add a point, and say which one it is; null where there is no room for one. */
export function addPoint(
  points: readonly Point[],
  x: number,
  y: number,
): { points: Point[]; at: number } | null {
  const place = whole(x)
  if (points.length >= MOST_POINTS || points.some(([taken]) => Math.abs(taken - place) < 1)) {
    return null
  }
  const at = points.filter(([left]) => left < place).length
  return { points: [...points.slice(0, at), [place, whole(y)], ...points.slice(at)], at }
}

/** Add a point halfway to the next one, on the line; at the last point to the one before. */
export function addBeside(points: readonly Point[], at: number) {
  const [first, second] = at < points.length - 1 ? [at, at + 1] : [at - 1, at]
  const x = whole(((points[first] as Point)[0] + (points[second] as Point)[0]) / 2)
  return addPoint(points, x, tones(points, [x])[0] as number)
}

/** Take a point away; null where a curve would have too few. */
export function removePoint(points: readonly Point[], at: number): Point[] | null {
  return points.length > FEWEST_POINTS ? points.filter((_, i) => i !== at) : null
}

/** How often tones are there: for all channels and for each, in so many steps, from 0 to 1. */
export type Histogram = Record<Channel, readonly number[]>
const BINS = 64

/** Count the tones of pixels (red, green, blue, opacity). */
export function histogramOf(pixels: Uint8ClampedArray): Histogram {
  const counts = CHANNELS.map(() => new Array<number>(BINS).fill(0))
  const [all, ...bands] = counts as [number[], number[], number[], number[]]
  for (let at = 0; at < pixels.length; at += 4) {
    if ((pixels[at + 3] as number) < 128) continue
    for (const [i, band] of bands.entries()) {
      const bin = (pixels[at + i] as number) >> 2
      band[bin] = (band[bin] as number) + 1
      all[bin] = (all[bin] as number) + 1
    }
  }
  const [a, r, g, b] = counts.map(shares) as [number[], number[], number[], number[]]
  return { all: a, red: r, green: g, blue: b }
}

/** The root makes the few visible beside the many. */
function shares(counts: readonly number[]): number[] {
  const most = Math.max(1, ...counts)
  return counts.map(count => Math.sqrt(count / most))
}
