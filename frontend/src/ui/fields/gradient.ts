/** The colors of a gradient: where each is, how they blend in between, and how they move. */
import type { Json } from '../../api/document'
import { readColor, toHex } from './color'

export interface Stop {
  color: string
  /** In %, from 0 to 100. */
  place: number
}

/** As many colors as a gradient can have, and as few. */
export const MOST_STOPS = 16
export const FEWEST_STOPS = 2

const PLAIN: readonly Stop[] = [
  { color: '#000000', place: 0 },
  { color: '#ffffff', place: 100 },
]

function isStop(value: unknown): value is Stop {
  if (typeof value !== 'object' || value === null) return false
  const { color, place, ...more } = value as Record<string, unknown>
  return (
    typeof color === 'string' &&
    typeof place === 'number' &&
    place >= 0 &&
    place <= 100 &&
    !Object.keys(more).length
  )
}

/** The stops of a value in order, `fallback` where it has none; null for what cannot be drawn. */
export function readStops(value: Json | undefined, fallback?: readonly Stop[]): Stop[] | null {
  const none = value === undefined || value === null || (Array.isArray(value) && !value.length)
  if (none) return [...(fallback ?? PLAIN)]
  const fits = Array.isArray(value) && value.length >= FEWEST_STOPS && value.length <= MOST_STOPS
  return fits && value.every(isStop) ? inOrder(value as unknown as Stop[]) : null
}

/** Colors evenly apart, as stops. */
export function evenly(colors: readonly string[]): Stop[] {
  const last = Math.max(1, colors.length - 1)
  return colors.map((color, at) => ({ color, place: (at / last) * 100 }))
}

const inOrder = (stops: readonly Stop[]): Stop[] => stops.toSorted((a, b) => a.place - b.place)

const whole = (place: number) => Math.min(100, Math.max(0, Math.round(place)))

export interface Changed {
  stops: Stop[]
  /** The one that was changed. */
  at: number
}

function placed(stops: readonly Stop[], stop: Stop): Changed {
  const changed = inOrder(stops)
  return { stops: changed, at: changed.indexOf(stop) }
}

/** Move a stop, past others too. */
export function moveStop(stops: readonly Stop[], at: number, place: number): Changed {
  const moved = { color: stops[at]?.color ?? '', place: whole(place) }
  return placed(
    stops.map((stop, i) => (i === at ? moved : stop)),
    moved,
  )
}

/** Add a stop of the color that is there; null where there are as many as there can be. */
export function addStop(stops: readonly Stop[], place: number): Changed | null {
  if (stops.length >= MOST_STOPS) return null
  const added = { color: colorAt(stops, whole(place)), place: whole(place) }
  return placed([...stops, added], added)
}

/** Add a stop halfway to the next one; at the last to the one before. */
export function addAfter(stops: readonly Stop[], at: number): Changed | null {
  const other = stops[at < stops.length - 1 ? at + 1 : at - 1]?.place ?? 100
  return addStop(stops, ((stops[at]?.place ?? 0) + other) / 2)
}

/** Take a stop away; null where there would be too few. */
export function removeStop(stops: readonly Stop[], at: number): Stop[] | null {
  return stops.length > FEWEST_STOPS ? stops.filter((_, i) => i !== at) : null
}

/** Where a transparent color counts as little as it shows, as the server blends. */
export function colorAt(stops: readonly Stop[], place: number): string {
  const right = stops.find(stop => stop.place >= place) ?? stops.at(-1)
  const left = stops.findLast(stop => stop.place <= place) ?? stops[0]
  if (!left || !right) return '#000000'
  const [a, b] = [colorOf(left.color), colorOf(right.color)]
  const t = right.place > left.place ? (place - left.place) / (right.place - left.place) : 0
  const alpha = a.alpha + (b.alpha - a.alpha) * t
  const blend = (from: number, to: number) =>
    alpha ? (from * a.alpha * (1 - t) + to * b.alpha * t) / alpha : from
  return toHex({
    red: blend(a.red, b.red),
    green: blend(a.green, b.green),
    blue: blend(a.blue, b.blue),
    alpha,
  })
}

const colorOf = (text: string) => readColor(text) ?? CLEAR
const CLEAR = { red: 0, green: 0, blue: 0, alpha: 0 }

/** The same as a background that goes on for some px at both ends. */
export function backgroundOf(stops: readonly Stop[], more: number): string {
  const places = stops.map(
    ({ color, place }) => `${color} calc(${more}px + (100% - ${2 * more}px) * ${place / 100})`,
  )
  return `linear-gradient(90deg, ${places.join(', ')})`
}
