import { describe, expect, it } from 'vitest'
import { type Box, placeBeside } from './place'

const AREA: Box = { left: 0, right: 1440, top: 52, bottom: 860 }
const card = (left: number, width = 320, top = 100): Box => ({
  left,
  right: left + width,
  top,
  bottom: top + 400,
})
const overlaps = (box: Box, at: { left: number; width: number }) =>
  at.left < box.right && at.left + at.width > box.left

describe('the picker of models', () => {
  it('is at the right of its card where it has room', () => {
    expect(placeBeside(card(100), AREA)).toMatchObject({ left: 432, width: 680, shift: 0 })
  })
  it('is at the left of a card at the right', () => {
    expect(placeBeside(card(1000), AREA)).toMatchObject({ left: 308, width: 680, shift: 0 })
  })
  it('is narrower between a card and an edge', () => {
    expect(placeBeside(card(600), AREA)).toMatchObject({ left: 8, width: 580, shift: 0 })
  })
  it('moves the canvas where neither side has room', () => {
    const box = card(200, 900)
    const place = placeBeside(box, AREA)
    expect(place).toMatchObject({ left: 920, shift: -192 })
  })
  it('is a sheet where the window is small', () => {
    expect(placeBeside(card(20, 280), { left: 0, right: 390, top: 52, bottom: 800 })).toBeNull()
  })
  it('never covers its card, and stays in the window', () => {
    for (let left = -200; left < 1440; left += 37) {
      for (const width of [200, 320, 600, 900]) {
        const box = card(left, width, left)
        const place = placeBeside(box, AREA)
        if (!place) continue
        const moved = { ...box, left: box.left + place.shift, right: box.right + place.shift }
        expect(overlaps(moved, place)).toBe(false)
        expect(place.left).toBeGreaterThanOrEqual(0)
        expect(place.left + place.width).toBeLessThanOrEqual(AREA.right)
        expect(place.top).toBeGreaterThanOrEqual(AREA.top)
        expect(place.top + place.height).toBeLessThanOrEqual(AREA.bottom)
      }
    }
  })
})
