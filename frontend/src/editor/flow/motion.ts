/**
 * How much of a card is drawn when it comes into sight. While the view moves a few cards per frame
 * are drawn plainly and the rest as blank boxes; controls come once the view stands still. So a pan
 * or zoom never waits for forms to be built.
 */

export type RenderLevel = 'blank' | 'plain' | 'full'

const STILL_MS = 90
const PLAIN_PER_FRAME = 4 // cards
const FULL_PER_FRAME = 2 // cards

export class Motion {
  moving = false
  /** Carries `data-moving` while the view moves, for the styles. */
  element: HTMLElement | null = null
  private readonly blank = new Set<() => void>()
  private readonly plain = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private frame = 0
  private admitted = 0

  start(): void {
    this.moving = true
    if (this.element) this.element.dataset.moving = ''
    clearTimeout(this.timer)
  }

  end(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.moving = false
      delete this.element?.dataset.moving
      this.work()
    }, STILL_MS)
  }

  /** The level in which a card that is mounted now begins. */
  first(): RenderLevel {
    if (!this.moving) return 'full'
    this.work()
    this.admitted += 1
    return this.admitted > PLAIN_PER_FRAME ? 'blank' : 'plain'
  }

  /** Call back when a card may leave its level. Returns how to give up waiting. */
  next(level: RenderLevel, advance: () => void): () => void {
    const queue = level === 'blank' ? this.blank : this.plain
    queue.add(advance)
    this.work()
    return () => queue.delete(advance)
  }

  private work(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      this.admitted = 0
      take(this.blank, PLAIN_PER_FRAME)
      if (!this.moving) take(this.plain, FULL_PER_FRAME)
      if (this.blank.size || (this.plain.size && !this.moving)) this.work()
    })
  }
}

function take(queue: Set<() => void>, most: number): void {
  let done = 0
  for (const advance of queue) {
    if (done++ === most) return
    queue.delete(advance)
    advance()
  }
}
