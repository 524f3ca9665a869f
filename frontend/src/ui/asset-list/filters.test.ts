import { describe, expect, it } from 'vitest'
import { ALL, filterCount, parse, requestQuery, write } from './filters'

describe('filters of files', () => {
  it('are in the address and come back from it', () => {
    const filters = {
      ...ALL,
      q: 'red cup',
      workflow: 'poster',
      nodeType: 'generateImage',
      kind: 'video' as const,
      source: 'made' as const,
      starred: true,
      collection: '7',
      days: 30,
    }
    expect(parse(write(filters))).toEqual(filters)
    expect(write(ALL)).toBe('')
    expect(filterCount(filters)).toBe(7)
  })

  it('leave out what makes no sense', () => {
    expect(parse('?kind=film&source=x&days=5&starred=1&q=')).toEqual(ALL)
    expect(parse(`?q=${'x'.repeat(500)}`).q).toHaveLength(200)
  })

  it('ask the server for a time instead of days', () => {
    const now = Date.parse('2026-05-08T10:30:00Z')
    const query = requestQuery({ ...ALL, q: ' cup ', days: 7 }, now)
    expect([...query]).toEqual([
      ['q', 'cup'],
      ['since', '2026-05-01T10:00:00.000Z'],
    ])
  })
})
