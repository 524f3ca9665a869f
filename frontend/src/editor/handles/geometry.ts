/** Boxes on an image: what a node's fields say of one, what a drag makes of it, what it snaps to. Pure. */
import type { JsonObject } from '../../api/document'
import type { PlacedType } from './types'

/** A place and a size in px of the image. */
export interface Box {
  x: number
  y: number
  width: number
  height: number
}
export interface Size {
  width: number
  height: number
}

/** Which sides of a box move; all four is a move of the whole. */
export interface Grip {
  x: -1 | 0 | 1
  y: -1 | 0 | 1
}
/** The whole box, held in its middle. */
export const WHOLE: Grip = { x: 0, y: 0 }

/** Boxes of a kind: how they are read from fields, written to them, and what can be done with them. */
export interface BoxKind {
  /** Where the image is connected that the box is on, and what is in the box. */
  on: readonly string[]
  layer: readonly string[]
  /** Which sides can be moved; none: the box is moved as it is. */
  resizes: 'sides' | 'width' | 'no'
  /** What its fields count in. */
  unit: 'px' | '%'
  /** Whether it may reach beyond the image. */
  beyond: boolean
  /** Whether the node's result shows what is in the box: it is drawn below it. */
  onResult: boolean
  read: (values: JsonObject, image: Size, layer: Size) => Box
  /** The fields that say so. */
  write: (box: Box, image: Size, layer: Size, values: JsonObject) => JsonObject
}

const number = (value: unknown, otherwise: number) =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise

/** Where a box is in another by its anchor; the same rule as `place` on the server. */
function anchored(anchor: unknown, image: Size, own: Size): { x: number; y: number } {
  const word = String(anchor ?? 'center')
  const across = word.includes('left') ? 0 : word.includes('right') ? 1 : 0.5
  const down = word.includes('top') ? 0 : word.includes('bottom') ? 1 : 0.5
  return {
    x: Math.round((image.width - own.width) * across),
    y: Math.round((image.height - own.height) * down),
  }
}

const RATIO = /^\s*(\d+(?:\.\d+)?)\s*[:/x]\s*(\d+(?:\.\d+)?)\s*$/

/** Width divided by height of a ratio such as 16:9; null for what is none. */
export function ratioOf(text: unknown): number | null {
  const [, wide, high] = RATIO.exec(String(text ?? '')) ?? []
  const ratio = Number(wide) / Number(high)
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null
}

function cropBox(values: JsonObject, image: Size): Box {
  const ratio = ratioOf(values.ratio) ?? 1
  let size: Size = {
    width: Math.min(image.width, number(values.width, image.width)),
    height: Math.min(image.height, number(values.height, image.height)),
  }
  if (values.mode === 'trim') return { x: 0, y: 0, ...image }
  if (values.mode === 'ratio') {
    const wide = image.width / image.height > ratio
    size = wide
      ? { width: Math.max(1, Math.round(image.height * ratio)), height: image.height }
      : { width: image.width, height: Math.max(1, Math.round(image.width / ratio)) }
  }
  if (values.mode !== 'area') return { ...anchored(values.anchor, image, size), ...size }
  const at = { x: number(values.left, 0), y: number(values.top, 0) }
  return inside({ ...at, ...size }, image)
}

/** The size of the layer of *Blend*, on an image of another size. */
function scaled(scale: unknown, image: Size, layer: Size): Size {
  if (scale === 'stretch') return image
  if (scale !== 'fit' && scale !== 'fill') return layer
  const ratios = [image.width / layer.width, image.height / layer.height]
  const factor = scale === 'fit' ? Math.min(...ratios) : Math.max(...ratios)
  return { width: Math.round(layer.width * factor), height: Math.round(layer.height * factor) }
}

const percent = (part: number, whole: number) => (whole > 0 ? Math.round((part / whole) * 100) : 0)

/** The kinds of boxes by the type of node. */
export const BOX_KINDS: Readonly<Record<PlacedType, BoxKind>> = {
  cropImage: {
    on: ['image'],
    layer: [],
    resizes: 'sides',
    unit: 'px',
    beyond: false,
    onResult: false,
    read: cropBox,
    write: box => ({
      mode: 'area',
      left: Math.round(box.x),
      top: Math.round(box.y),
      width: Math.round(box.width),
      height: Math.round(box.height),
    }),
  },
  drawText: {
    on: ['image'],
    layer: [],
    resizes: 'sides',
    unit: '%',
    beyond: false,
    onResult: true,
    read: (values, image) => ({
      x: (image.width * number(values.boxX, 5)) / 100,
      y: (image.height * number(values.boxY, 5)) / 100,
      width: (image.width * number(values.boxWidth, 90)) / 100,
      height: (image.height * number(values.boxHeight, 90)) / 100,
    }),
    write: (box, image) => ({
      boxX: percent(box.x, image.width),
      boxY: percent(box.y, image.height),
      boxWidth: Math.max(1, percent(box.width, image.width)),
      boxHeight: Math.max(1, percent(box.height, image.height)),
    }),
  },
  blendImages: {
    on: ['base'],
    layer: ['top'],
    resizes: 'no',
    unit: 'px',
    beyond: true,
    onResult: true,
    read(values, image, layer) {
      const size = scaled(values.scale, image, layer)
      const { x, y } = anchored(values.anchor, image, size)
      return { x: x + number(values.offsetX, 0), y: y + number(values.offsetY, 0), ...size }
    },
    write(box, image, _, values) {
      const { x, y } = anchored(values.anchor, image, box)
      return { offsetX: Math.round(box.x - x), offsetY: Math.round(box.y - y) }
    },
  },
  overlayVideo: {
    on: ['video'],
    layer: ['top', 'picture'],
    resizes: 'width',
    unit: '%',
    beyond: false,
    onResult: true,
    read(values, image, layer) {
      const width = (image.width * number(values.scale, 30)) / 100
      const height = (width * layer.height) / layer.width
      return {
        x: ((image.width - width) * number(values.x, 96)) / 100,
        y: ((image.height - height) * number(values.y, 96)) / 100,
        width,
        height,
      }
    },
    write: (box, image) => ({
      scale: Math.max(1, percent(box.width, image.width)),
      x: share(box.x, image.width - box.width),
      y: share(box.y, image.height - box.height),
    }),
  },
}

/** A place in the room that is left, 0 to 100; where there is none, anywhere is the same. */
const share = (at: number, room: number) =>
  Math.max(0, Math.min(100, room > 0 ? Math.round((at / room) * 100) : 0))

/** Move a box into an image, and make it no larger. */
export function inside(box: Box, image: Size): Box {
  const width = Math.max(1, Math.min(box.width, image.width))
  const height = Math.max(1, Math.min(box.height, image.height))
  return {
    x: Math.max(0, Math.min(box.x, image.width - width)),
    y: Math.max(0, Math.min(box.y, image.height - height)),
    width,
    height,
  }
}

export interface Drag {
  grip: Grip
  dx: number
  dy: number
  /** Width divided by height to keep. */
  ratio?: number | null | undefined
  /** Whether it may reach beyond the image. */
  beyond?: boolean
}

const LEAST = 1 // px

/** Move a box, or the sides of it that a grip holds. */
export function dragged(box: Box, image: Size, { grip, dx, dy, ratio, beyond }: Drag): Box {
  if (!grip.x && !grip.y) {
    const moved = { ...box, x: box.x + dx, y: box.y + dy }
    return beyond ? moved : inside(moved, image)
  }
  let left = grip.x < 0 ? box.x + dx : box.x
  let right = box.x + box.width + (grip.x > 0 ? dx : 0)
  let top = grip.y < 0 ? box.y + dy : box.y
  let bottom = box.y + box.height + (grip.y > 0 ? dy : 0)
  if (!beyond) {
    left = Math.max(0, left)
    top = Math.max(0, top)
    right = Math.min(image.width, right)
    bottom = Math.min(image.height, bottom)
  }
  if (grip.x < 0) left = Math.min(left, right - LEAST)
  else right = Math.max(right, left + LEAST)
  if (grip.y < 0) top = Math.min(top, bottom - LEAST)
  else bottom = Math.max(bottom, top + LEAST)
  const made = { x: left, y: top, width: right - left, height: bottom - top }
  return ratio ? kept(made, box, image, grip, ratio) : made
}

/** Give a box a ratio, held at the sides that the grip does not move. */
function kept(made: Box, before: Box, image: Size, grip: Grip, ratio: number): Box {
  const byWidth = grip.x !== 0 && (grip.y === 0 || made.width / made.height < ratio)
  let width = byWidth ? made.width : made.height * ratio
  // What is held stays: there is room as far as the other side of the image.
  const room = {
    x: grip.x < 0 ? before.x + before.width : image.width - before.x,
    y: grip.y < 0 ? before.y + before.height : image.height - before.y,
  }
  width = Math.max(LEAST, Math.min(width, room.x, room.y * ratio))
  const height = width / ratio
  return {
    x: grip.x < 0 ? before.x + before.width - width : before.x,
    y: grip.y < 0 ? before.y + before.height - height : before.y,
    width,
    height,
  }
}

/** A line that a box has snapped to, in px of the image. */
export interface Guide {
  axis: 'x' | 'y'
  at: number
}

/** How far a drag is changed so that an edge or the center meets one of the image's, and the lines. */
export function snapped(
  box: Box,
  image: Size,
  grip: Grip,
  near: number,
): { dx: number; dy: number; guides: Guide[] } {
  const guides: Guide[] = []
  const along = (axis: 'x' | 'y'): number => {
    const [start, size, whole] =
      axis === 'x' ? [box.x, box.width, image.width] : [box.y, box.height, image.height]
    const moves = !grip.x && !grip.y
    const own = moves ? [start, start + size / 2, start + size] : []
    if (!moves && grip[axis]) own.push(grip[axis] < 0 ? start : start + size)
    const lines = [0, whole / 3, whole / 2, (whole * 2) / 3, whole]
    let best: { by: number; at: number } | null = null
    for (const [place, point] of own.entries()) {
      for (const at of lines) {
        const by = at - point
        // The thirds are for edges: a center has the middle.
        if (moves && place === 1 && at !== whole / 2) continue
        if (Math.abs(by) <= near && (!best || Math.abs(by) < Math.abs(best.by))) best = { by, at }
      }
    }
    if (best) guides.push({ axis, at: best.at })
    return best?.by ?? 0
  }
  return { dx: along('x'), dy: along('y'), guides }
}
