import { describe, expect, it } from 'vitest'
import { HEIGHT, placed, type Spot } from './callouts'

const SIZE = { width: 1200, height: 800 }
const spot = (id: string, x: number, y: number): Spot => ({ id, x, y, width: 300, height: 400 })

describe('a callout', () => {
  it('points at the side of its node, whatever the zoom', () => {
    const far = placed([spot('a', 1000, 1000)], { x: 50, y: 20, zoom: 0.2 }, SIZE)
    expect(far.callouts).toEqual([{ id: 'a', x: 310, y: 260, side: 'right' }])
    const farther = placed([spot('a', 1000, 1000)], { x: 50, y: 20, zoom: 0.1 }, SIZE)
    expect(farther.callouts).toEqual([{ id: 'a', x: 180, y: 140, side: 'right' }])
  })

  it('goes to the left where there is no room on the right', () => {
    const { callouts } = placed([spot('a', 5000, 1000)], { x: 0, y: 0, zoom: 0.2 }, SIZE)
    expect(callouts).toEqual([{ id: 'a', x: 1000, y: 240, side: 'left' }])
  })

  it('never covers another one', () => {
    const row = [0, 10, 20].map(at => spot(`n${at}`, at, at))
    const { callouts } = placed(row, { x: 0, y: 100, zoom: 0.2 }, SIZE)
    const tops = callouts.map(({ y }) => y)
    expect(tops[1]).toBeGreaterThanOrEqual((tops[0] ?? 0) + HEIGHT)
    expect(tops[2]).toBeGreaterThanOrEqual((tops[1] ?? 0) + HEIGHT)
  })

  it('does not cover one that comes from the other side', () => {
    const { callouts } = placed(
      [spot('a', 3000, 1000), spot('b', 5000, 1000)],
      { x: 0, y: 0, zoom: 0.2 },
      SIZE,
    )
    expect(callouts.map(({ side }) => side)).toEqual(['right', 'left'])
    expect(callouts[1]?.y).toBe((callouts[0]?.y ?? 0) + HEIGHT + 4)
  })
})

it('at most five are shown; what is out of sight is not counted', () => {
  const nodes = Array.from({ length: 9 }, (_, at) => spot(`n${at}`, 0, at * 500))
  const all = placed(nodes, { x: 10, y: 10, zoom: 0.15 }, SIZE)
  expect(all.callouts.map(({ id }) => id)).toEqual(['n0', 'n1', 'n2', 'n3', 'n4'])
  expect(all.more).toBe(4)
  const some = placed(nodes, { x: 10, y: -300, zoom: 0.15 }, SIZE)
  expect(some.callouts[0]?.id).toBe('n4')
  expect(some.more).toBe(0)
})

it('what has failed comes before what runs, and both are counted', () => {
  const nodes = Array.from({ length: 8 }, (_, at) => ({
    ...spot(`n${at}`, 0, at * 500),
    running: at < 6,
  }))
  const { callouts, more } = placed(nodes, { x: 10, y: 10, zoom: 0.15 }, SIZE)
  expect(callouts.map(({ id }) => id)).toEqual(['n0', 'n1', 'n2', 'n6', 'n7'])
  expect(more).toBe(3)
})
