/** Where the pointer was last, so that pasting puts things there. */
import type { Session } from '../session'

class Pointer {
  private at: { x: number; y: number } | null = null

  /** Begin to follow the pointer. Returns how to stop. */
  follow(): () => void {
    const move = (event: PointerEvent) => {
      this.at = { x: event.clientX, y: event.clientY }
    }
    window.addEventListener('pointermove', move, { passive: true })
    return () => window.removeEventListener('pointermove', move)
  }

  /** The pointer in canvas coordinates, or the middle of the view while it is elsewhere. */
  canvasPoint({ rf }: Session): { x: number; y: number } {
    const box = document.querySelector('.react-flow')?.getBoundingClientRect()
    const inside =
      this.at &&
      box &&
      this.at.x > box.left &&
      this.at.x < box.right &&
      this.at.y > box.top &&
      this.at.y < box.bottom
    const middle = box
      ? { x: box.left + box.width / 2 - 140, y: box.top + box.height / 2 - 80 }
      : { x: 0, y: 0 }
    const at = inside && this.at ? this.at : middle
    return rf?.screenToFlowPosition(at) ?? at
  }
}

export const pointer = new Pointer()
