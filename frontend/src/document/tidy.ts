/**
 * Arranging a graph in layers, from left to right: what feeds is before what is fed, edges cross
 * as seldom as a few sweeps find, and cards are where their edges run level. No React, no document:
 * boxes and lines in, places out, so that a web worker can do it.
 */

import { type Box, grouped, Layers, type Line, ROW_GAP, snap } from './layers'

export interface Placed {
  x: number
  y: number
  width: number
  height: number
}

/** Between parts of a graph that nothing connects. */
const PART_GAP = 72
/** What a frame has around its content, px. */
const PADDING = 24
const HEAD = 48
/** Boxes without connections are in rows of this width at least, px. */
const ROW_WIDTH = 1200

/** Return a place for every box; the whole keeps its top left corner. */
export function tidy(boxes: readonly Box[], lines: readonly Line[]): Map<string, Placed> {
  const placed = new Map<string, Placed>()
  const inside = grouped(boxes, box => box.frame)
  const left = Math.min(...boxes.map(box => box.x))
  const top = Math.min(...boxes.map(box => box.y))
  arrange(undefined, inside, lines, placed)
  for (const [id, place] of placed) {
    placed.set(id, { ...place, x: place.x + snap(left), y: place.y + snap(top) })
  }
  return placed
}

/** Arrange what is directly in a frame, frames in it first. Returns the size it takes. */
function arrange(
  frame: string | undefined,
  inside: Map<string | undefined, Box[]>,
  lines: readonly Line[],
  placed: Map<string, Placed>,
): { width: number; height: number } {
  const own = inside.get(frame) ?? []
  const at = new Map<string, { item: string; y: number }>()
  const items = own.map((box): Box => {
    at.set(box.id, { item: box.id, y: 0 })
    if (!box.isFrame || !inside.has(box.id)) return box
    const size = arrange(box.id, inside, lines, placed)
    for (const id of within(box.id, inside)) {
      const place = placed.get(id)
      if (place) at.set(id, { item: box.id, y: place.y + HEAD })
    }
    return { ...box, width: size.width + 2 * PADDING, height: size.height + HEAD + PADDING }
  })
  const between = lines.flatMap((line): Line[] => {
    const [from, to] = [at.get(line.source), at.get(line.target)]
    if (!from || !to || from.item === to.item) return []
    return [
      {
        source: from.item,
        target: to.item,
        sourceY: line.sourceY + from.y,
        targetY: line.targetY + to.y,
      },
    ]
  })
  const places = arrangeFlat(items, between)
  let [width, height] = [0, 0]
  for (const item of items) {
    const { x, y } = places.get(item.id) as { x: number; y: number }
    placed.set(item.id, { x, y, width: item.width, height: item.height })
    width = Math.max(width, x + item.width)
    height = Math.max(height, y + item.height)
    if (!item.isFrame || !inside.has(item.id)) continue
    for (const id of within(item.id, inside)) {
      const place = placed.get(id)
      if (place) placed.set(id, { ...place, x: place.x + x + PADDING, y: place.y + y + HEAD })
    }
  }
  return { width, height }
}

/** All that is in a frame, at any depth. */
function within(frame: string, inside: Map<string | undefined, Box[]>): string[] {
  const found: string[] = []
  const open = [frame]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const box of inside.get(id) ?? []) {
      found.push(box.id)
      if (box.isFrame) open.push(box.id)
    }
  }
  return found
}

/** Arrange boxes without frames: each connected part by itself, below each other. */
function arrangeFlat(boxes: readonly Box[], lines: readonly Line[]) {
  const places = new Map<string, { x: number; y: number }>()
  const parts = partsOf(boxes, lines)
  const connected = parts.filter(part => part.length > 1)
  let y = 0
  let widest = ROW_WIDTH
  for (const part of connected) {
    const ids = new Set(part.map(box => box.id))
    const size = new Layers(
      part,
      lines.filter(line => ids.has(line.source)),
    ).place(places, y)
    y += snap(size.height + PART_GAP)
    widest = Math.max(widest, size.width)
  }
  let [x, row] = [0, 0]
  for (const [box] of parts.filter(part => part.length === 1) as [Box][]) {
    if (x > 0 && x + box.width > widest) {
      y += snap(row + ROW_GAP)
      x = 0
      row = 0
    }
    places.set(box.id, { x, y })
    x += snap(box.width + ROW_GAP)
    row = Math.max(row, box.height)
  }
  return places
}

/** The connected parts, from top to bottom. */
function partsOf(boxes: readonly Box[], lines: readonly Line[]): Box[][] {
  const root = new Map(boxes.map(box => [box.id, box.id]))
  const find = (id: string): string => {
    let at = id
    while (root.get(at) !== at) {
      const next = root.get(root.get(at) as string) as string
      root.set(at, next)
      at = next
    }
    return at
  }
  for (const { source, target } of lines) root.set(find(source), find(target))
  const parts = [...grouped(boxes, box => find(box.id)).values()]
  const topOf = (part: Box[]) => Math.min(...part.map(box => box.y))
  return parts.sort((a, b) => topOf(a) - topOf(b) || (a[0]?.x ?? 0) - (b[0]?.x ?? 0))
}
