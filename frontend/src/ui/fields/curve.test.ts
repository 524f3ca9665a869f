import { describe, expect, it } from 'vitest'
import cases from '../../../../tests/pure/curve_cases.json'
import {
  addBeside,
  addPoint,
  histogramOf,
  isStraight,
  MOST_POINTS,
  movePoint,
  type Point,
  readCurves,
  removePoint,
  tones,
  writeCurves,
} from './curve'

/** What each tone becomes, rounded as the server does. */
function tableOf(points: readonly Point[]): number[] {
  const all = Array.from({ length: 256 }, (_, value) => value)
  return tones(points, all).map(value => Math.min(255, Math.max(0, Math.floor(value + 0.5))))
}

const S: Point[] = [
  [0, 0],
  [64, 40],
  [192, 220],
  [255, 255],
]

describe('a curve', () => {
  it.each(cases)('$name gives the table of the server', ({ points, table }) => {
    expect(tableOf(points as unknown as Point[])).toEqual(table)
  })

  it('goes through its points and is level outside', () => {
    const points: Point[] = [
      [50, 30],
      [200, 230],
    ]
    expect(tones(points, [0, 50, 200, 255])).toEqual([30, 30, 230, 230])
  })
})

describe('a value', () => {
  it('without curves is straight, and straight curves are no value', () => {
    const curves = readCurves(null)
    expect(curves && Object.values(curves).every(isStraight)).toBe(true)
    expect(curves && writeCurves(curves)).toBeUndefined()
  })

  it('keeps the curves that change something', () => {
    const curves = readCurves({ red: S as never, blue: null })
    expect(curves && writeCurves(curves)).toEqual({ red: S })
  })

  it.each([
    ['text', '{}'],
    ['a list', [] as never],
    ['a channel that is none', { alpha: S }],
    ['one point', { all: [[0, 0]] }],
    ['points out of order', { all: [[9, 0], [3, 1]] }], // biome-ignore format: one case a line
    ['tones beyond the brightest', { all: [[0, 0], [256, 0]] }], // biome-ignore format: one case a line
  ])('that is %s has no curves', (_, value) => {
    expect(readCurves(value as never)).toBeNull()
  })
})

describe('a point', () => {
  it('moves between its neighbors and within the tones', () => {
    expect(movePoint(S, 1, 300, 300)[1]).toEqual([191, 255])
    expect(movePoint(S, 0, -20, -20)[0]).toEqual([0, 0])
    expect(movePoint(S, 3, 12.4, 7.5)[3]).toEqual([193, 8])
  })

  it('is added where there is room', () => {
    expect(addPoint(S, 100, 99)).toMatchObject({ at: 2, points: { 2: [100, 99], length: 5 } })
    expect(addPoint(S, 64, 99)).toBeNull()
    const full = Array.from({ length: MOST_POINTS }, (_, at): Point => [at * 10, 0])
    expect(addPoint(full, 205, 9)).toBeNull()
  })

  it('is added beside another one on the line, which stays as it was', () => {
    const added = addBeside(S, 3)
    expect(added?.at).toBe(3)
    const [x, y] = added?.points[3] ?? [0, -1]
    expect(y).toBe(tableOf(S)[x])
  })

  it('can go as long as two are left', () => {
    expect(removePoint(S, 0)).toEqual(S.slice(1))
    expect(removePoint(S.slice(2), 0)).toBeNull()
  })
})

it('a histogram counts what can be seen, each channel for itself', () => {
  const pixels = new Uint8ClampedArray([255, 0, 0, 255, 255, 255, 255, 255, 9, 9, 9, 0])
  const { all, red, green } = histogramOf(pixels)
  expect(red[63]).toBe(1)
  expect(red[2]).toBe(0)
  expect([green[0], green[63]]).toEqual([1, 1])
  expect(all[63]).toBe(1)
})
