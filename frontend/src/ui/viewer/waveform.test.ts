import { describe, expect, it } from 'vitest'
import { peaks } from './waveform'

describe('a waveform', () => {
  it('has the loudest of each part, the loudest of all as one', () => {
    const samples = Float32Array.from([0, 0.1, -0.5, 0.2, 0, 0.25])
    expect(peaks(samples, 3)).toEqual([expect.closeTo(0.2), 1, 0.5])
  })

  it('is flat where nothing is heard, and has its bars for few samples too', () => {
    expect(peaks(new Float32Array(100), 4)).toEqual([0, 0, 0, 0])
    expect(peaks(Float32Array.from([1]), 4)).toHaveLength(4)
  })
})
