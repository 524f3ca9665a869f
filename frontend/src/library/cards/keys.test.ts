import { expect, it } from 'vitest'
import { neighbour } from './keys'

// Two rows of three and a last row of one.
const boxes = [0, 1, 2, 3, 4, 5, 6].map(index => ({
  left: (index % 3) * 110,
  top: Math.floor(index / 3) * 90,
  width: 100,
  height: 80,
}))

it.each([
  [0, 'ArrowRight', 1],
  [2, 'ArrowRight', 3],
  [3, 'ArrowLeft', 2],
  [0, 'ArrowLeft', 0],
  [6, 'ArrowRight', 6],
  [1, 'ArrowDown', 4],
  [4, 'ArrowUp', 1],
  [5, 'ArrowDown', 6],
  [0, 'ArrowUp', 0],
  [6, 'ArrowDown', 6],
  [4, 'Home', 0],
  [4, 'End', 6],
])('from card %i, %s leads to card %i', (from, key, to) =>
  expect(neighbour(boxes, from, key)).toBe(to),
)

it('other keys are not for moving', () => expect(neighbour(boxes, 0, 'a')).toBeNull())
