/** Where the picker is: beside the card whose fields it changes, never over it. No React. */

export interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

export interface Place {
  left: number
  top: number
  width: number
  height: number
  /** How far the canvas has to move to make room, px. */
  shift: number
}

const GAP = 12 // between the card and the picker
const EDGE = 8 // between the picker and the window
const WIDE = 680
const NARROW = 360
const HIGH = 560

/** The place beside a card; null where the window has room for a sheet at its bottom only. */
export function placeBeside(card: Box, area: Box): Place | null {
  const height = Math.min(HIGH, area.bottom - area.top - 2 * EDGE)
  const top = clamp(card.top, area.top + EDGE, area.bottom - EDGE - height)
  const right = area.right - card.right - GAP - EDGE
  const left = card.left - area.left - GAP - EDGE
  const room = right >= WIDE || right >= left ? right : left
  if (room >= NARROW) {
    const width = Math.min(WIDE, room)
    const at = room === right ? card.right + GAP : card.left - GAP - width
    return { left: at, top, width, height, shift: 0 }
  }
  // The card goes to the left edge, and the picker takes the rest.
  const moved = area.left + EDGE - card.left
  const rest = area.right - EDGE - (card.right + moved + GAP)
  if (rest < NARROW) return null
  const width = Math.min(WIDE, rest)
  return { left: card.right + moved + GAP, top, width, height, shift: moved }
}

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(value, most))
