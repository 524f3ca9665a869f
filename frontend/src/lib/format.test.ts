import { describe, expect, it } from 'vitest'
import { clock, mediaFacts } from './format'

describe('lengths', () => {
  it('are written as players write them', () => {
    expect([0.4, 7, 65.2, 600, 3723].map(clock)).toEqual([
      '0:00',
      '0:07',
      '1:05',
      '10:00',
      '1:02:03',
    ])
  })
})

describe('facts of a file', () => {
  const file = { asset: 'a', url: '/media/a', content_type: 'video/mp4', size: 1200, sha256: 'x' }
  it('name its size, its length and its bytes, as far as they are known', () => {
    expect(mediaFacts({ ...file, width: 64, height: 48, duration: 7 })).toEqual([
      '64 × 48',
      '0:07',
      '1 kB',
    ])
    expect(mediaFacts(file)).toEqual(['1 kB'])
  })
})
