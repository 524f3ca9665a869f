/** Where the keyboard is: into a card, out of it, and back to where it was. */

/** Frames that a new card may take until its fields stand. */
const FRAMES = 40
const TEXT = 'textarea, input[type="text"], input:not([type])'
const CONTROLS = 'textarea, input, button, select, a[href], [tabindex="0"]'

const cardOf = (id: string) =>
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)

/** Put the cursor into the first text of a card once it is there, or with `text` false on the card. */
export function enterCard(id: string, text: boolean): void {
  let frames = 0
  const look = () => {
    const card = cardOf(id)
    const place = text ? card?.querySelector<HTMLElement>(TEXT) : card
    frames += 1
    if (place) place.focus({ preventScroll: true })
    else if (frames < FRAMES) requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

/** Go from a card to its first control. Says whether there is one. */
export function intoCard(card: HTMLElement): boolean {
  const control = card.querySelector<HTMLElement>(CONTROLS)
  control?.focus({ preventScroll: true })
  return Boolean(control)
}

/** Go from a control to the card it is on. Says whether it is on one. */
export function outOfCard(target: Element): boolean {
  const card = target.closest<HTMLElement>('.react-flow__node')
  if (!card || card === target) return false
  card.focus({ preventScroll: true })
  return true
}

/** Remember where the keyboard is; the response takes it back there, unless it is somewhere by then. */
export function holdFocus(): () => void {
  const before = document.activeElement
  return () => {
    const here = document.activeElement
    if (here && here !== document.body) return
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  }
}
