/**
 * How much of a card is drawn when it comes into sight. While the view moves a few cards per frame
 * are drawn plainly and the rest as blank boxes; ports and controls come once the view is at rest. So
 * a pan or zoom never waits for forms to be built. From further away, where controls are too small to
 * be used, only those cards have them that are pointed at, selected or entered.
 */

/** `legible` is all of the card, with the values of its fields as text instead of controls. */
export type RenderLevel = 'blank' | 'plain' | 'legible' | 'full'

/** What draws a card at the next level. */
type Advance = (level: RenderLevel) => void

const STILL_MS = 90
const PLAIN_PER_FRAME = 4 // cards
const FULL_PER_FRAME = 2 // cards
/** The zoom from which the controls of cards can be used. */
const CONTROLS_FROM = 0.6

export class Motion {
  moving = false
  /** Carries `data-moving` while the view moves, for the styles. */
  element: HTMLElement | null = null
  /** Who waits for the level after each. */
  private readonly waiting = {
    blank: new Set<Advance>(),
    plain: new Set<Advance>(),
    legible: new Set<Advance>(),
  }
  private atRest: RenderLevel = 'full'
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

  /** Note how large cards are. */
  zoomed(zoom: number): void {
    this.atRest = zoom < CONTROLS_FROM ? 'legible' : 'full'
    if (!this.moving) this.work()
  }

  /** The level in which a card that is mounted now begins. */
  first(): RenderLevel {
    if (!this.moving) return this.atRest
    this.work()
    this.admitted += 1
    return this.admitted > PLAIN_PER_FRAME ? 'blank' : 'plain'
  }

  /** Call back when a card may leave its level. Returns how to give up waiting. */
  next(level: Exclude<RenderLevel, 'full'>, advance: Advance): () => void {
    this.waiting[level].add(advance)
    this.work()
    return () => this.waiting[level].delete(advance)
  }

  private work(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      this.admitted = 0
      const { blank, plain, legible } = this.waiting
      let more = take(blank, PLAIN_PER_FRAME, 'plain')
      if (!this.moving) {
        more ||= take(plain, FULL_PER_FRAME, this.atRest)
        if (this.atRest === 'full') more ||= take(legible, FULL_PER_FRAME, 'full')
      }
      if (more) this.work()
    })
  }
}

/** Draw so many at their next level. Returns whether others wait. */
function take(waiting: Set<Advance>, most: number, level: RenderLevel): boolean {
  let done = 0
  for (const advance of waiting) {
    if (done++ === most) return true
    waiting.delete(advance)
    advance(level)
  }
  return false
}
