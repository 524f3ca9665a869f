/** The curve of a connection, through its points where it has some. Pure geometry. */
import type { Point } from '../../document/points'

/** One cubic curve: where it begins, its two controls, where it ends. */
export type Cubic = readonly [Point, Point, Point, Point]

/** How much of a stretch its controls take. */
const PULL = 0.4
const LEAST = 24 // px that a connection leaves its port straight

/** The curves between two ports, one more than there are points. */
export function route(from: Point, to: Point, points: readonly Point[] = []): Cubic[] {
  if (!points.length) {
    const bend = Math.max(40, Math.abs(to.x - from.x) / 2)
    return [[from, { x: from.x + bend, y: from.y }, { x: to.x - bend, y: to.y }, to]]
  }
  const all = [from, ...points, to]
  const last = all.length - 1
  // At the ports a connection runs level, at a point on towards where the next one is.
  const ways = all.map((_, i) =>
    i === 0 || i === last ? { x: 1, y: 0 } : unit(all[i - 1] as Point, all[i + 1] as Point),
  )
  return all.slice(1).map((end, i): Cubic => {
    const start = all[i] as Point
    const [a, b] = [ways[i] as Point, ways[i + 1] as Point]
    const length = PULL * Math.hypot(end.x - start.x, end.y - start.y)
    const [out, into] = [i === 0, i + 1 === last].map(port =>
      port ? Math.max(LEAST, length) : length,
    ) as [number, number]
    return [
      start,
      { x: start.x + a.x * out, y: start.y + a.y * out },
      { x: end.x - b.x * into, y: end.y - b.y * into },
      end,
    ]
  })
}

function unit(from: Point, to: Point): Point {
  const [x, y] = [to.x - from.x, to.y - from.y]
  const length = Math.hypot(x, y) || 1
  return { x: x / length, y: y / length }
}

/** Curves as the path of an SVG. */
export function pathOf(curves: readonly Cubic[]): string {
  const [first] = curves
  if (!first) return ''
  const at = ({ x, y }: Point) => `${x},${y}`
  return `M${at(first[0])}${curves.map(([, b, c, d]) => `C${at(b)} ${at(c)} ${at(d)}`).join('')}`
}

/** The place on a curve at a share of its way. */
export function along([a, b, c, d]: Cubic, t: number): Point {
  const s = 1 - t
  const weigh = (p: number, q: number, r: number, z: number) =>
    s ** 3 * p + 3 * t * s ** 2 * q + 3 * t * t * s * r + t ** 3 * z
  return { x: weigh(a.x, b.x, c.x, d.x), y: weigh(a.y, b.y, c.y, d.y) }
}

/** The curve that comes nearest to a place, by its number. */
export function nearest(curves: readonly Cubic[], place: Point): number {
  const far = curves.map(curve =>
    Math.min(
      ...Array.from({ length: 13 }, (_, i) => {
        const { x, y } = along(curve, i / 12)
        return Math.hypot(x - place.x, y - place.y)
      }),
    ),
  )
  return far.indexOf(Math.min(...far))
}
