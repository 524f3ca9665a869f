import { describe, expect, it } from 'vitest'
import { divide, matches, tagsOf } from '../../ui/workflows/list'
import { row } from '../../ui/workflows/sample'
import { offered, shown } from './shown'
import { ROOT, type View } from './view'

const view: View = ROOT
const names = (rows: { name: string }[]) => rows.map(({ name }) => name)
const run = { executionId: 'x', ms: null, finishedAt: null, failedNode: null }

const rows = [
  row({ name: 'Poster 10', updatedAt: '2026-11-01T10:00:00Z' }),
  row({ name: 'poster 9', updatedAt: '2026-11-03T10:00:00Z', description: 'Jazz at the café' }),
  row({ name: 'Zebra', updatedAt: '2026-11-02T10:00:00Z', tags: ['Print', 'a3'] }),
  row({ name: 'Attic', archived: true }),
  row({
    name: 'Busy',
    updatedAt: '2026-10-01T10:00:00Z',
    lastRun: { ...run, status: 'processing' },
  }),
  row({ name: 'Broken', updatedAt: '2026-09-01T10:00:00Z', lastRun: { ...run, status: 'failed' } }),
]

describe('order', () => {
  it('the last edited comes first', () =>
    expect(names(shown(rows, view))).toEqual(['poster 9', 'Zebra', 'Poster 10', 'Busy', 'Broken']))
  it('names sort without regard to case, and numbers by value', () =>
    expect(names(shown(rows, { ...view, sort: 'name' }))).toEqual([
      'Broken',
      'Busy',
      'poster 9',
      'Poster 10',
      'Zebra',
    ]))
  it('the list itself is left as it was', () => {
    const before = names(rows)
    shown(rows, { ...view, sort: 'name' })
    expect(names(rows)).toEqual(before)
  })
})

describe('filters', () => {
  it('what is archived shows under Archived and nowhere else', () =>
    expect(names(shown(rows, { ...view, filter: 'archived' }))).toEqual(['Attic']))
  it('Running shows what runs now', () =>
    expect(names(shown(rows, { ...view, filter: 'running' }))).toEqual(['Busy']))
  it('Failed shows what failed last', () =>
    expect(names(shown(rows, { ...view, filter: 'failed' }))).toEqual(['Broken']))
  it('only filters that find something are offered', () => {
    expect(offered(rows, 'all')).toEqual(['all', 'running', 'failed', 'archived'])
    expect(offered(rows.slice(0, 3), 'all')).toEqual(['all'])
  })
  it('the chosen filter stays offered when its last row is gone', () =>
    expect(offered(rows.slice(0, 3), 'archived')).toEqual(['all', 'archived']))
})

describe('search', () => {
  it('every word must be found, anywhere, in any case and without accents', () => {
    expect(names(shown(rows, { ...view, search: 'CAFE jazz' }))).toEqual(['poster 9'])
    expect(names(shown(rows, { ...view, search: ' print ' }))).toEqual(['Zebra'])
    expect(shown(rows, { ...view, search: 'poster zebra' })).toEqual([])
  })
  it('nothing typed finds everything', () =>
    expect(rows.every(row => matches(row, '  '))).toBe(true))
})

describe('whose', () => {
  const mine = row({ name: 'Mine', createdBy: '1' })
  const published = row({ name: 'Published', createdBy: '1', isTemplate: true })
  const theirs = row({ name: 'Theirs', createdBy: '2', isTemplate: true })

  it('templates are offered; one of mine is also among my workflows', () => {
    const { own, templates } = divide([mine, published, theirs], '1')
    expect(names(own)).toEqual(['Mine', 'Published'])
    expect(names(templates)).toEqual(['Published', 'Theirs'])
  })
})

describe('folders', () => {
  const inside = row({ name: 'Inside', folderId: '7', tags: ['a'] })
  const outside = row({ name: 'Outside', tags: ['b', 'a'] })
  const filed = [inside, outside]

  it('a folder shows what is in it, the root what is in none', () => {
    expect(names(shown(filed, { ...view, folder: '7' }))).toEqual(['Inside'])
    expect(names(shown(filed, view))).toEqual(['Outside'])
  })
  it('a search finds in all folders, and so does a tag', () => {
    expect(names(shown(filed, { ...view, folder: '9', search: 'side' }))).toEqual([
      'Inside',
      'Outside',
    ])
    expect(names(shown(filed, { ...view, tag: 'b', folder: '7' }))).toEqual(['Outside'])
  })
  it('tags are offered by use, the chosen one always', () => {
    expect(tagsOf(filed, null)).toEqual(['a', 'b'])
    expect(tagsOf(filed, 'gone')).toEqual(['gone', 'a', 'b'])
  })
})

it('what is hidden shows only on request', () => {
  const hidden = [row({ name: 'Hidden', hidden: true })]
  expect(shown(hidden, view)).toEqual([])
  expect(names(shown(hidden, { ...view, hidden: true }))).toEqual(['Hidden'])
})
