import { describe, expect, it } from 'vitest'
import { amount, count, fileSize, mediaFacts } from './format'

it('counts are singular for one', () => {
  expect(count(1, 'node')).toBe('1 node')
  expect(count(0, 'node')).toBe('0 nodes')
  expect(count(2000, 'node')).toBe('2,000 nodes')
})

it('amounts have at most two digits behind the point', () => {
  expect([1204, 0.25, 0.126].map(amount)).toEqual(['1,204', '0.25', '0.13'])
})

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
