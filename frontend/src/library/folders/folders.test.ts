import { describe, expect, it } from 'vitest'
import type { Folder } from '../../api/schema'
import { holdings, path, seen, tree, within } from './folders'

const folder = (id: string, parentId: string | null = null): Folder => ({
  id,
  name: `Folder ${id}`,
  parentId,
  workflowCount: 0,
  createdAt: '2026-11-01T00:00:00Z',
  updatedAt: '2026-11-01T00:00:00Z',
})
const folders = [folder('shop'), folder('spring', 'shop'), folder('eggs', 'spring'), folder('art')]
const names = (rows: ReturnType<typeof seen>) =>
  rows.map(row => `${'·'.repeat(row.depth)}${row.folder.id}`)

describe('the tree', () => {
  it('puts every folder below its parent, in the order of the list', () =>
    expect(names(seen(tree(folders), new Set()))).toEqual(['shop', '·spring', '··eggs', 'art']))

  it('does not depend on parents coming first', () =>
    expect(names(seen(tree([...folders].reverse()), new Set()))).toEqual([
      'art',
      'shop',
      '·spring',
      '··eggs',
    ]))

  it('shows nothing that is in a closed folder', () =>
    expect(names(seen(tree(folders), new Set(['spring'])))).toEqual(['shop', '·spring', 'art']))

  it('keeps a folder whose parent is gone', () =>
    expect(names(seen(tree([folder('orphan', 'gone')]), new Set()))).toEqual(['orphan']))
})

describe('the way to a folder', () => {
  it('leads from the root down', () =>
    expect(path(folders, 'eggs').map(({ id }) => id)).toEqual(['shop', 'spring', 'eggs']))
  it('is empty for the root and for a folder that is not there', () => {
    expect(path(folders, null)).toEqual([])
    expect(path(folders, 'gone')).toEqual([])
  })
  it('knows what is in what', () => {
    expect(within(folders, 'eggs', 'shop')).toBe(true)
    expect(within(folders, 'shop', 'shop')).toBe(true)
    expect(within(folders, 'shop', 'eggs')).toBe(false)
    expect(within(folders, null, 'shop')).toBe(false)
  })
})

it('a folder holds what is in the folders in it', () => {
  const rows = ['shop', 'eggs', 'eggs', null, 'gone'].map(folderId => ({ folderId }))
  const held = holdings(folders, rows)
  expect(held.get('shop')).toEqual({ workflows: 3, folders: 2 })
  expect(held.get('spring')).toEqual({ workflows: 2, folders: 1 })
  expect(held.get('art')).toEqual({ workflows: 0, folders: 0 })
})
