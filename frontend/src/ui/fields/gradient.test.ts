import { describe, expect, it } from 'vitest'
import {
  addAfter,
  addStop,
  colorAt,
  evenly,
  MOST_STOPS,
  moveStop,
  readStops,
  removeStop,
  type Stop,
} from './gradient'

const STOPS: Stop[] = [
  { color: '#000000', place: 0 },
  { color: '#ff0000', place: 50 },
  { color: '#ffffff', place: 100 },
]

describe('a value', () => {
  it.each([null, undefined, []])('that is empty (%j) is what it falls back to', value => {
    expect(readStops(value, evenly(['#111111', '#222222']))).toEqual([
      { color: '#111111', place: 0 },
      { color: '#222222', place: 100 },
    ])
    expect(readStops(value)).toHaveLength(2)
  })

  it('comes in the order of its places', () => {
    expect(readStops([STOPS[2], STOPS[0]] as never)).toEqual([STOPS[0], STOPS[2]])
  })

  it.each([
    ['text', '[]'],
    ['an object', {}],
    ['one stop', STOPS.slice(0, 1)],
    ['too many stops', Array.from({ length: MOST_STOPS + 1 }, () => STOPS[0])],
    ['a place beyond the end', [STOPS[0], { color: '#fff', place: 101 }]],
    ['a stop with more to it', [STOPS[0], { ...STOPS[1], name: 'x' }]],
  ])('that is %s cannot be drawn', (_, value) => {
    expect(readStops(value as never)).toBeNull()
  })
})

describe('a stop', () => {
  it('moves past others and is still the same', () => {
    const { stops, at } = moveStop(STOPS, 0, 70.4)
    expect(at).toBe(1)
    expect(stops.map(stop => stop.place)).toEqual([50, 70, 100])
    expect(stops[at]?.color).toBe('#000000')
    expect(moveStop(STOPS, 1, -30).stops[0]).toEqual({ color: '#000000', place: 0 })
  })

  it('is added with the color that is there', () => {
    expect(addStop(STOPS, 25)).toMatchObject({ at: 1, stops: { 1: { color: '#800000' } } })
    expect(addAfter(STOPS, 2)).toMatchObject({ at: 2, stops: { 2: { place: 75 } } })
    const full = Array.from({ length: MOST_STOPS }, () => STOPS[0] as Stop)
    expect(addStop(full, 9)).toBeNull()
  })

  it('can go as long as two are left', () => {
    expect(removeStop(STOPS, 1)).toEqual([STOPS[0], STOPS[2]])
    expect(removeStop(STOPS.slice(1), 0)).toBeNull()
  })
})

it('from clear to red there is no gray', () => {
  const stops = evenly(['#00000000', '#ff0000'])
  expect(colorAt(stops, 50)).toBe('#ff000080')
})
