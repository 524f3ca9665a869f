/** Where an image is in its stage: zoom about a point, pan, and what keeps it in sight. Pure. */

export interface Size {
  width: number
  height: number
}

/** `scale` is CSS pixels for each pixel of the image; `x`, `y` its center from that of the stage. */
export interface View {
  scale: number
  x: number
  y: number
}

export interface Point {
  x: number
  y: number
}

/** A small image is not blown up further than this to fill the stage. */
const FIT_MOST = 2
const SMALLEST = 0.02
const LARGEST = 40
/** One press of a zoom button. */
export const STEP = 1.25
/** As much of an image stays in the stage, px. */
const KEPT = 48

/** The whole image in the middle of the stage. */
export function fitted(image: Size, stage: Size): View {
  const scale = Math.min(stage.width / image.width, stage.height / image.height, FIT_MOST)
  return { scale: Number.isFinite(scale) && scale > 0 ? scale : 1, x: 0, y: 0 }
}

/** Another scale, with the point under the pointer where it is. */
export function zoomedTo(view: View, scale: number, at: Point): View {
  const next = Math.min(LARGEST, Math.max(SMALLEST, scale))
  const factor = next / view.scale
  return { scale: next, x: at.x - (at.x - view.x) * factor, y: at.y - (at.y - view.y) * factor }
}

export const panned = (view: View, dx: number, dy: number): View => ({
  ...view,
  x: view.x + dx,
  y: view.y + dy,
})

/** The nearest view with the image in sight: centered where it is smaller than the stage. */
export function kept(view: View, image: Size, stage: Size): View {
  return {
    ...view,
    x: within(view.x, image.width * view.scale, stage.width),
    y: within(view.y, image.height * view.scale, stage.height),
  }
}

function within(offset: number, length: number, room: number): number {
  if (length <= room) return 0
  const most = (length + room) / 2 - KEPT
  return Math.min(most, Math.max(-most, offset))
}

/** How far two fingers are apart, and the point between them. */
export function pinch(a: Point, b: Point): { distance: number; middle: Point } {
  return {
    distance: Math.hypot(a.x - b.x, a.y - b.y),
    middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
  }
}

/** A wheel's turn as a factor: the same for a mouse's notches and for a touchpad's many small ones. */
export const wheelFactor = (deltaY: number): number =>
  Math.exp(-Math.max(-300, Math.min(300, deltaY)) * 0.0022)
