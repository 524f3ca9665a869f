import { describe, expect, it } from 'vitest'
import { fileSize, mediaFacts } from './format'

describe('sizes of files', () => {
  it.each([
    [999, '999 B'],
    [1000, '1 kB'],
    [1200, '1 kB'],
    [214_400, '214 kB'],
    [999_600, '1.0 MB'],
    [12_300_000_000, '12 GB'],
  ])('%d bytes read %s', (bytes, text) => expect(fileSize(bytes)).toBe(text))

  it('what is not known says nothing', () => expect(fileSize(null)).toBe(''))
})

describe('facts of a file', () => {
  it('name its size, its length and its bytes, as far as they are known', () => {
    expect(mediaFacts({ size: 1200, width: 64, height: 48, duration: 7 })).toEqual([
      '64 × 48',
      '0:07',
      '1 kB',
    ])
    expect(mediaFacts({ size: 1200 })).toEqual(['1 kB'])
  })
})
