/** Moving between cards with the arrow keys. */
import { ARROWS } from '../../lib/arrows'

type Box = Pick<DOMRect, 'left' | 'top' | 'width' | 'height'>

/**
 * The index of the box next to `boxes[from]` in the direction of an arrow key, as the eye
 * sees it; `from` itself at the edge, and for any other key null.
 */
export function neighbour(boxes: readonly Box[], from: number, key: string): number | null {
  if (key === 'Home') return 0
  if (key === 'End') return boxes.length - 1
  const step = ARROWS[key]
  if (!step) return null
  const [dx, dy] = step
  if (dx) return Math.min(boxes.length - 1, Math.max(0, from + dx))
  const start = boxes[from]
  if (!start) return null
  const here = middle(start)
  let best = from
  let nearest = Number.POSITIVE_INFINITY
  boxes.forEach((box, index) => {
    const there = middle(box)
    const along = (there.y - here.y) * dy
    if (along < box.height / 2) return
    // The next row first, then the column that is closest.
    const far = along * 1000 + Math.abs(there.x - here.x)
    if (far < nearest) {
      nearest = far
      best = index
    }
  })
  return best
}

function middle(box: Box): { x: number; y: number } {
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 }
}
