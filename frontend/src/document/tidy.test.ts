/** Arranging: nothing covers anything, edges lead right, frames keep what they hold, and it is quick. */
import { expect, it } from 'vitest'
import type { Box, Line } from './layers'
import { type Placed, tidy } from './tidy'

const box = (id: string, x = 0, y = 0, more: Partial<Box> = {}): Box => ({
  id,
  x,
  y,
  width: 280,
  height: 300,
  ...more,
})
const line = (source: string, target: string): Line => ({
  source,
  target,
  sourceY: 110,
  targetY: 200,
})

function overlaps(a: Placed, b: Placed): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

/** Pairs of boxes that cover each other, except frames and what is in them. */
function covered(boxes: readonly Box[], placed: Map<string, Placed>): string[] {
  const found: string[] = []
  const cards = boxes.filter(one => !one.isFrame)
  cards.forEach((a, i) => {
    for (const b of cards.slice(i + 1)) {
      if (overlaps(placed.get(a.id) as Placed, placed.get(b.id) as Placed)) {
        found.push(`${a.id} ${b.id}`)
      }
    }
  })
  return found
}

it('what feeds is to the left of what is fed, and a chain runs level', () => {
  const boxes = [box('c', 0, 900), box('a', 700, 0), box('b', 100, 50)]
  const placed = tidy(boxes, [line('a', 'b'), line('b', 'c')])
  const [a, b, c] = ['a', 'b', 'c'].map(id => placed.get(id) as Placed) as [Placed, Placed, Placed]
  expect(a.x + a.width).toBeLessThan(b.x)
  expect(b.x + b.width).toBeLessThan(c.x)
  expect(Math.abs(a.y + 110 - (b.y + 200))).toBeLessThanOrEqual(8)
  expect(Math.min(a.x, b.x, c.x)).toBe(0)
  expect(Math.min(a.y, b.y, c.y)).toBe(0)
})

it('lines that cross are untangled', () => {
  const boxes = ['a', 'b', 'x', 'y'].map((id, i) => box(id, 0, i * 100))
  const placed = tidy(boxes, [line('a', 'y'), line('b', 'x')])
  const y = (id: string) => (placed.get(id) as Placed).y
  expect(Math.sign(y('a') - y('b'))).toBe(Math.sign(y('y') - y('x')))
})

it('a frame holds after it what it held before, and nothing else', () => {
  const boxes = [
    box('f', 0, 0, { isFrame: true, width: 700, height: 400 }),
    box('a', 20, 50, { frame: 'f' }),
    box('b', 350, 50, { frame: 'f' }),
    box('c', 800, 0),
    box('d', -400, 0),
  ]
  const placed = tidy(boxes, [line('d', 'a'), line('a', 'b'), line('b', 'c')])
  const frame = placed.get('f') as Placed
  for (const id of ['a', 'b']) {
    const { x, y, width, height } = placed.get(id) as Placed
    expect(x >= frame.x && y >= frame.y).toBe(true)
    expect(x + width <= frame.x + frame.width && y + height <= frame.y + frame.height).toBe(true)
  }
  for (const id of ['c', 'd']) expect(overlaps(placed.get(id) as Placed, frame)).toBe(false)
  expect(covered(boxes, placed)).toEqual([])
})

it('a cycle and what nothing connects have their places too', () => {
  const boxes = [box('a'), box('b'), box('n', 5, 5), box('m', 6, 6)]
  const placed = tidy(boxes, [line('a', 'b'), line('b', 'a')])
  expect(placed.size).toBe(4)
  expect(covered(boxes, placed)).toEqual([])
})

it('five hundred nodes in a dense lattice take a part of a second', () => {
  const boxes: Box[] = []
  const lines: Line[] = []
  for (let i = 0; i < 500; i++) {
    boxes.push(box(`n${i}`, (i % 25) * 300, Math.floor(i / 25) * 320))
    if (i % 25)
      for (let k = 0; k < 4; k++) {
        const row = (Math.floor(i / 25) + k) % 20
        lines.push(line(`n${row * 25 + (i % 25) - 1}`, `n${i}`))
      }
    if (i % 25 > 6) lines.push(line(`n${i - 6}`, `n${i}`))
  }
  const began = performance.now()
  const placed = tidy(boxes, lines)
  expect(performance.now() - began).toBeLessThan(1000)
  expect(covered(boxes, placed)).toEqual([])
})
