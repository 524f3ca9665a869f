import { describe, expect, it } from 'vitest'
import { fitted, kept, pinch, wheelFactor, zoomedTo } from './zoom'

const stage = { width: 800, height: 600 }

describe('an image in its stage', () => {
  it('is whole at first, and a small one is not blown up', () => {
    expect(fitted({ width: 1600, height: 600 }, stage).scale).toBe(0.5)
    expect(fitted({ width: 10, height: 10 }, stage).scale).toBe(2)
    expect(fitted({ width: 0, height: 0 }, stage).scale).toBe(2)
  })

  it('is zoomed about the pointer', () => {
    const before = { scale: 1, x: 30, y: -20 }
    const at = { x: 100, y: 50 }
    const after = zoomedTo(before, 3, at)
    // The same pixel of the image is under the pointer.
    expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - before.x) / before.scale)
    expect((at.y - after.y) / after.scale).toBeCloseTo((at.y - before.y) / before.scale)
  })

  it('keeps its scale within limits and itself in sight', () => {
    expect(zoomedTo({ scale: 1, x: 0, y: 0 }, 1e9, { x: 0, y: 0 }).scale).toBe(40)
    const image = { width: 1000, height: 100 }
    const far = kept({ scale: 1, x: 9999, y: 9999 }, image, stage)
    expect(far).toEqual({ scale: 1, x: 852, y: 0 })
  })

  it('follows two fingers and a wheel', () => {
    expect(pinch({ x: 0, y: 0 }, { x: 30, y: 40 })).toEqual({
      distance: 50,
      middle: { x: 15, y: 20 },
    })
    expect(wheelFactor(100) * wheelFactor(-100)).toBeCloseTo(1)
    expect(wheelFactor(1e9)).toBe(wheelFactor(300))
  })
})
