import { expect, it } from 'vitest'
import { ALL, type Filters, pageQuery, parse, write } from './filters'

it.each<[string, Partial<Filters>]>([
  ['', {}],
  ['?workflow=pet-sticker', { workflow: 'pet-sticker' }],
  ['?workflow=a&status=failed&source=api', { workflow: 'a', status: 'failed', source: 'api' }],
])('%j is read and written alike', (query, differences) => {
  const filters = { ...ALL, ...differences }
  expect(parse(query)).toEqual(filters)
  expect(write(filters)).toBe(query)
})

it('a status or a source that does not exist is not requested', () =>
  expect(parse('?status=toString&source=fax&workflow=')).toEqual(ALL))

it('a page begins behind the last run of the page before', () => {
  expect(pageQuery(ALL, null)).toBe('?limit=25')
  expect(pageQuery({ ...ALL, status: 'failed' }, 'abc')).toBe('?status=failed&limit=25&before=abc')
})
