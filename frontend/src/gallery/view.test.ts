import { expect, it } from 'vitest'
import type { Need, WorkflowSummary } from '../api/schema'
import { row as sample } from '../ui/workflows/sample'
import { authorOf, counts, EVERYTHING, passes, QUERY, wantings } from './view'

const KEY: Need = { kind: 'key', id: 'openai', name: 'OpenAI' }
const template = (name: string, facts: Partial<NonNullable<WorkflowSummary['template']>>) =>
  sample({
    name,
    isTemplate: true,
    template: { category: 'social', kinds: ['image'], needs: [], ms: null, ...facts },
  })
const meme = template('Meme', {})
const board = template('Storyboard', { category: 'video', kinds: ['image', 'text'], needs: [KEY] })
const rows = [meme, board]

it('the query holds the whole view and gives it back', () => {
  const view = {
    search: 'cat',
    category: 'social',
    kind: 'image',
    need: 'key',
    open: 'meme',
  } as const
  expect(QUERY.parse(QUERY.write(view))).toEqual(view)
  expect(QUERY.write(QUERY.parse(''))).toBe('')
})

it('a query with unknown values shows everything', () =>
  expect(QUERY.parse('?kind=smell&needs=luck')).toEqual({ ...EVERYTHING, open: null }))

it('filters combine', () => {
  const shown = (filter: Partial<typeof EVERYTHING | { kind: 'text'; need: 'key' }>) =>
    rows.filter(row => passes(row, { ...EVERYTHING, ...filter })).map(({ name }) => name)
  expect(shown({})).toEqual(['Meme', 'Storyboard'])
  expect(shown({ kind: 'text' })).toEqual(['Storyboard'])
  expect(shown({ kind: 'text', need: 'key' })).toEqual(['Storyboard'])
  expect(rows.filter(row => passes(row, { ...EVERYTHING, need: 'nothing' }))).toEqual([meme])
  expect(
    rows.filter(row => passes(row, { ...EVERYTHING, category: 'video', search: 'meme' })),
  ).toEqual([])
})

it('a value that leaves nothing is counted as nothing, not left out', () =>
  expect([...counts(rows, { ...EVERYTHING, category: 'social' }, wantings)]).toEqual([
    ['nothing', 1],
    ['key', 0],
  ]))

it('shipped templates have no author', () => {
  expect(authorOf({ ...meme, appId: 'workflows/patchbay/meme' })).toBe(null)
  expect(authorOf({ ...meme, appId: 'workflows/alice/meme' })).toBe('alice')
})
