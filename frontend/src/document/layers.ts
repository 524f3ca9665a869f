/**
 * One connected graph in layers: which layer each box is in, the order within each, and heights at
 * which lines run level. No React.
 */

export interface Box {
  id: string
  width: number
  height: number
  x: number
  y: number
  /** The frame it is in. */
  frame?: string
  /** It is a frame: its size follows from what is in it. */
  isFrame?: boolean
}

/** From one box to another; heights of the ports below the tops of their boxes, px. */
export interface Line {
  source: string
  target: string
  sourceY: number
  targetY: number
}

const GRID = 8
/** Between columns, for the connections, and between cards of a column, px. */
const COLUMN_GAP = 88
export const ROW_GAP = 40

const SWEEPS = 8
const PASSES = 10

export const snap = (value: number) => Math.round(value / GRID) * GRID

/** A box in its layer, or where a long line passes through one. */
interface Spot {
  box: Box | null
  layer: number
  /** Its place in the order of its layer. */
  order: number
  y: number
  width: number
  height: number
  before: Joint[]
  after: Joint[]
}

/** Where a line meets a spot and its neighbor, below their tops, px. */
interface Joint {
  other: Spot
  own: number
  there: number
}

export class Layers {
  private readonly layers: Spot[][] = []

  constructor(boxes: readonly Box[], lines: readonly Line[]) {
    const spots = new Map<string, Spot>()
    const depth = depths(boxes, lines)
    for (const box of boxes) {
      const { width, height } = box
      const layer = depth.get(box.id) as number
      const spot: Spot = { box, layer, order: 0, y: box.y, width, height, before: [], after: [] }
      spots.set(box.id, spot)
      this.layer(layer).push(spot)
    }
    for (const line of lines) {
      const from = spots.get(line.source) as Spot
      const to = spots.get(line.target) as Spot
      if (from.layer < to.layer) this.join(from, to, line)
    }
    for (const layer of this.layers) order(layer, (a, b) => a.y - b.y)
  }

  /** Put every box somewhere below `top`. Returns the size of the whole. */
  place(places: Map<string, { x: number; y: number }>, top: number) {
    this.uncross()
    this.level()
    const spots = this.layers.flat()
    const highest = Math.min(...spots.map(spot => spot.y))
    const lowest = Math.max(...spots.map(spot => spot.y + spot.height))
    let x = 0
    for (const layer of this.layers) {
      for (const { box, y } of layer) if (box) places.set(box.id, { x, y: snap(top + y - highest) })
      x += snap(Math.max(0, ...layer.map(spot => spot.width)) + COLUMN_GAP)
    }
    return { width: x - COLUMN_GAP, height: lowest - highest }
  }

  private layer(at: number): Spot[] {
    while (this.layers.length <= at) this.layers.push([])
    return this.layers[at] as Spot[]
  }

  /** Join two spots by a line that has a spot of its own in each layer between. */
  private join(from: Spot, to: Spot, { sourceY, targetY }: Line): void {
    let [last, own] = [from, sourceY]
    for (let at = from.layer + 1; at < to.layer; at++) {
      const share = (at - from.layer) / (to.layer - from.layer)
      const y = from.y + sourceY + (to.y + targetY - from.y - sourceY) * share
      const bend = { box: null, layer: at, order: 0, y, width: 0, height: 8, before: [], after: [] }
      this.layer(at).push(bend)
      link(last, own, bend, 4)
      last = bend
      own = 4
    }
    link(last, own, to, targetY)
  }

  /** Order the layers so that few lines cross. */
  private uncross(): void {
    let best = this.crossings()
    let kept = this.layers.map(layer => [...layer])
    for (let sweep = 0; sweep < SWEEPS && best > 0; sweep++) {
      const down = sweep % 2 === 0
      const layers = down ? this.layers : this.layers.toReversed()
      for (const layer of layers) {
        const wanted = new Map(
          layer.map(spot => [spot, middle(down ? spot.before : spot.after) ?? spot.order]),
        )
        order(layer, (a, b) => (wanted.get(a) as number) - (wanted.get(b) as number))
      }
      const now = this.crossings()
      if (now >= best) continue
      best = now
      kept = this.layers.map(layer => [...layer])
    }
    kept.forEach((layer, i) => {
      order(layer, () => 0)
      this.layers[i] = layer
    })
  }

  private crossings(): number {
    let count = 0
    for (const layer of this.layers) {
      const ends = layer.flatMap(spot =>
        spot.after.map(({ other, there }) => other.order + there / 100_000).sort((a, b) => a - b),
      )
      count += inversions(ends)
    }
    return count
  }

  /** Set heights so that lines run level, without changing the order. */
  private level(): void {
    for (const layer of this.layers) {
      let y = 0
      for (const spot of layer) {
        spot.y = y
        y += spot.height + gap(spot)
      }
    }
    for (let pass = 0; pass < PASSES; pass++) {
      const layers = pass % 2 === 0 ? this.layers : this.layers.toReversed()
      for (const layer of layers) {
        const both = pass >= PASSES - 2
        const wanted = layer.map(spot => {
          const joints = both
            ? [...spot.before, ...spot.after]
            : pass % 2
              ? spot.after
              : spot.before
          const used = joints.length ? joints : [...spot.before, ...spot.after]
          const sum = used.reduce((sum, { other, own, there }) => sum + other.y + there - own, 0)
          return used.length ? sum / used.length : spot.y
        })
        apart(layer, wanted)
      }
    }
  }
}

const gap = (spot: Spot) => (spot.box ? ROW_GAP : 12)

function link(from: Spot, own: number, to: Spot, there: number): void {
  from.after.push({ other: to, own, there })
  to.before.push({ other: from, own: there, there: own })
}

function order(layer: Spot[], compare: (a: Spot, b: Spot) => number): void {
  layer.sort(compare)
  layer.forEach((spot, i) => {
    spot.order = i
  })
}

/** The mean place of the neighbors of one side; null without any. */
function middle(joints: readonly Joint[]): number | null {
  if (!joints.length) return null
  const sum = joints.reduce((sum, { other, there }) => sum + other.order + there / 100_000, 0)
  return sum / joints.length
}

/** Put spots as near to where they want as their order and gaps let them, by least squares. */
function apart(layer: readonly Spot[], wanted: readonly number[]): void {
  // Without the heights of those above, the only rule left is that none goes before another.
  const blocks: { sum: number; count: number; first: number }[] = []
  const offsets: number[] = []
  let offset = 0
  layer.forEach((spot, i) => {
    offsets.push(offset)
    blocks.push({ sum: (wanted[i] as number) - offset, count: 1, first: i })
    offset += spot.height + gap(spot)
    for (;;) {
      const [a, b] = [blocks.at(-2), blocks.at(-1)]
      if (!a || !b || a.sum / a.count <= b.sum / b.count) break
      blocks.splice(-2, 2, { sum: a.sum + b.sum, count: a.count + b.count, first: a.first })
    }
  })
  blocks.forEach((block, i) => {
    const end = blocks[i + 1]?.first ?? layer.length
    for (let at = block.first; at < end; at++) {
      const spot = layer[at] as Spot
      spot.y = block.sum / block.count + (offsets[at] as number)
    }
  })
}

/** The layer of each box: behind all that feed it, and what only feeds right before what it feeds. */
function depths(boxes: readonly Box[], lines: readonly Line[]): Map<string, number> {
  const after = grouped(lines, line => line.source)
  const missing = new Map(boxes.map(box => [box.id, 0]))
  for (const { target } of lines) missing.set(target, (missing.get(target) as number) + 1)
  const depth = new Map<string, number>()
  const ready = boxes.filter(box => !missing.get(box.id)).map(box => box.id)
  const waiting = new Set(boxes.map(box => box.id))
  while (waiting.size) {
    // In a cycle the first in reading order goes first.
    const id = ready.pop() ?? firstOf(boxes, waiting)
    if (!waiting.delete(id)) continue
    depth.set(id, depth.get(id) ?? 0)
    for (const { target } of after.get(id) ?? []) {
      if (!waiting.has(target)) continue
      depth.set(target, Math.max(depth.get(target) ?? 0, (depth.get(id) as number) + 1))
      const left = (missing.get(target) as number) - 1
      missing.set(target, left)
      if (left === 0) ready.push(target)
    }
  }
  const fed = new Set(lines.map(line => line.target))
  for (const box of boxes) {
    const next = (after.get(box.id) ?? []).map(line => depth.get(line.target) as number)
    if (!fed.has(box.id) && next.length) depth.set(box.id, Math.max(0, Math.min(...next) - 1))
  }
  return depth
}

function firstOf(boxes: readonly Box[], waiting: ReadonlySet<string>): string {
  let first: Box | undefined
  for (const box of boxes) {
    if (waiting.has(box.id) && (!first || box.x < first.x)) first = box
  }
  return first?.id as string
}

/** How many pairs of a list are out of order, in n log n. */
function inversions(values: readonly number[]): number {
  if (values.length < 2) return 0
  const ranks = new Map(
    [...new Set(values)].sort((a, b) => a - b).map((value, i) => [value, i + 1]),
  )
  const tree = new Array<number>(ranks.size + 1).fill(0)
  let count = 0
  values.forEach((value, seen) => {
    const rank = ranks.get(value) as number
    let smaller = 0
    for (let i = rank; i > 0; i -= i & -i) smaller += tree[i] as number
    count += seen - smaller
    for (let i = rank; i < tree.length; i += i & -i) tree[i] = (tree[i] as number) + 1
  })
  return count
}

export function grouped<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const found = new Map<K, T[]>()
  for (const item of items) {
    const list = found.get(key(item))
    if (list) list.push(item)
    else found.set(key(item), [item])
  }
  return found
}
