import { describe, expect, it } from 'vitest'
import { everywhere, parse, ROOT, type View, write } from './view'

describe('a view in the URL', () => {
  it('is nothing at all at the root', () => expect(write(ROOT)).toBe(''))

  it.each<[string, Partial<View>]>([
    ['?folder=12', { folder: '12' }],
    ['?show=archived', { filter: 'archived' }],
    ['?tag=a+%26+b%3F', { tag: 'a & b?' }],
    ['?q=pet+sticker', { search: 'pet sticker' }],
    [
      '?folder=3&show=failed&q=x&hidden=true&sort=name',
      {
        folder: '3',
        filter: 'failed',
        search: 'x',
        hidden: true,
        sort: 'name',
      },
    ],
  ])('%s is read and written alike', (query, differences) => {
    const view = { ...ROOT, ...differences }
    expect(parse(query)).toEqual(view)
    expect(write(view)).toBe(query)
  })

  it('ignores what makes no sense', () =>
    expect(parse('?show=everything&sort=size&hidden=1&folder=&tag=')).toEqual(ROOT))
})

it('a search is in all folders', () => {
  expect(everywhere({ ...ROOT, folder: '3' })).toBe(false)
  expect(everywhere({ ...ROOT, search: ' ' })).toBe(false)
  expect(everywhere({ ...ROOT, search: 'x' })).toBe(true)
  expect(everywhere({ ...ROOT, tag: 'print' })).toBe(true)
  expect(everywhere({ ...ROOT, filter: 'archived' })).toBe(true)
})
