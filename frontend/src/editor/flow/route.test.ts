import { describe, expect, it } from 'vitest'
import { along, nearest, pathOf, route } from './route'

const from = { x: 0, y: 0 }
const to = { x: 400, y: 200 }

describe('the curve of a connection', () => {
  it('goes from port to port, through each of its points, and leaves the ports level', () => {
    const points = [
      { x: 100, y: -80 },
      { x: 300, y: 240 },
    ]
    const curves = route(from, to, points)
    expect(curves.map(([start]) => start)).toEqual([from, ...points])
    expect(curves.map(curve => curve[3])).toEqual([...points, to])
    expect(curves[0]?.[1].y).toBe(from.y)
    expect(curves[2]?.[2].y).toBe(to.y)
    expect(pathOf(curves).match(/C/g)).toHaveLength(3)
    expect(along(curves[1] as never, 1)).toEqual(points[1])
  })

  it('has no corner in a point', () => {
    const [first, second] = route(from, to, [{ x: 120, y: 90 }])
    const [a, b] = [first?.[2], second?.[1]]
    // The controls before and after the point lie on one line with it.
    const cross =
      ((a?.x ?? 0) - 120) * ((b?.y ?? 0) - 90) - ((a?.y ?? 0) - 90) * ((b?.x ?? 0) - 120)
    expect(Math.abs(cross)).toBeLessThan(1e-6)
  })

  it('says which of its stretches is nearest', () => {
    const curves = route(from, to, [{ x: 200, y: 400 }])
    expect(nearest(curves, { x: 60, y: 150 })).toBe(0)
    expect(nearest(curves, { x: 360, y: 260 })).toBe(1)
  })
})
