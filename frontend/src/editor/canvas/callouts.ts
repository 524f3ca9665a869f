/** Where the callouts of nodes that need a look are on the screen, so that none covers another. */
import type { Viewport } from '../../ui/canvas/detail'

/** A node as it is on the canvas. */
export interface Spot {
  id: string
  x: number
  y: number
  width: number
  height: number
  /** What works is named after what has failed. */
  running?: boolean
}

export interface Callout {
  id: string
  /** The point of its arrow, px on the screen. */
  x: number
  y: number
  /** On which side of its node it is. */
  side: 'left' | 'right'
}

/** So many are shown, the rest is a number. */
const MOST = 5
export const WIDTH = 260 // px, at most
export const HEIGHT = 26
const GAP = 4
/** Between a node and the box that its arrow leads to. */
export const ARROW = 8

/** Where its box begins at most, px on the screen. */
const leftOf = ({ x, side }: Callout) => (side === 'right' ? x : x - WIDTH - ARROW)

/**
 * The callouts of the nodes that are in sight, from above to below, and how many more there are: first
 * of those that failed, then of those that run.
 */
export function placed(
  spots: readonly Spot[],
  view: Viewport,
  size: { width: number; height: number },
): { callouts: Callout[]; more: number } {
  const seen = spots
    .map(({ id, x, y, width, height, running = false }) => ({
      id,
      running,
      left: x * view.zoom + view.x,
      right: (x + width) * view.zoom + view.x,
      y: (y + height / 2) * view.zoom + view.y,
    }))
    .filter(
      ({ left, right, y }) => right > 0 && left < size.width && y > 0 && y < size.height - HEIGHT,
    )
    .sort((a, b) => Number(a.running) - Number(b.running) || a.y - b.y)
  const callouts: Callout[] = []
  for (const { id, left, right, y } of seen.slice(0, MOST).sort((a, b) => a.y - b.y)) {
    const side = right + ARROW + WIDTH <= size.width || left < WIDTH ? 'right' : 'left'
    const x = side === 'right' ? Math.max(0, right) : left
    const callout = { id, x, y, side } as const
    // Those before are above: one that would cover another goes below it.
    const low = callouts
      .filter(other => Math.abs(leftOf(other) - leftOf(callout)) < WIDTH + ARROW)
      .reduce((lowest, other) => Math.max(lowest, other.y + HEIGHT + GAP), y)
    callouts.push({ ...callout, y: low })
  }
  return { callouts, more: Math.max(0, seen.length - MOST) }
}
