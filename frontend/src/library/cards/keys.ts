/** Moving between cards with the arrow keys. */

type Box = Pick<DOMRect, 'left' | 'top' | 'width' | 'height'>

const STEPS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/**
 * The index of the box that lies next to `boxes[from]` in the direction of an arrow key, as the eye
 * sees it; `from` itself at the border, and for any other key null.
 */
export function neighbour(boxes: readonly Box[], from: number, key: string): number | null {
  if (key === 'Home') return 0
  if (key === 'End') return boxes.length - 1
  const step = STEPS[key]
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
