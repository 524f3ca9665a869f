/**
 * Whether the view is moving. Cards that come into sight meanwhile are drawn plainly, and get their
 * controls a few per frame once the view stands still: a pan never waits for a form to be built.
 */

const STILL_MS = 90
const PER_FRAME = 3 // cards completed per frame

export class Motion {
  moving = false
  private readonly waiting = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private frame = 0

  start(): void {
    this.moving = true
    clearTimeout(this.timer)
    cancelAnimationFrame(this.frame)
    this.frame = 0
  }

  end(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.moving = false
      this.work()
    }, STILL_MS)
  }

  /** Call back once the view stands still. Returns how to give up waiting. */
  whenStill(complete: () => void): () => void {
    this.waiting.add(complete)
    if (!this.moving) this.work()
    return () => this.waiting.delete(complete)
  }

  private work(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      let done = 0
      for (const complete of this.waiting) {
        if (done++ === PER_FRAME) break
        this.waiting.delete(complete)
        complete()
      }
      if (this.waiting.size) this.work()
    })
  }
}
