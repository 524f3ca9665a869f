import { expect, it } from 'vitest'
import type { NodeType } from '../../api/catalog'
import type { DocumentNode } from '../../api/document'
import type { RunEvent } from '../../api/schema'
import { catalogOf } from '../../catalog/recorded'
import { titles } from './titles'

const catalog = catalogOf([
  { type: 'cutOut', name: 'Cut out' },
  { type: 'outline', name: 'Outline' },
] as NodeType[])
const submit = (node_id: string, app_id: string): RunEvent => ({
  seq: 1,
  at: '',
  type: 'submit',
  node_id,
  app_id,
  request_id: null,
})
const node = (id: string, type: string, label?: string): DocumentNode => ({
  id,
  type,
  position: { x: 0, y: 0 },
  data: label ? { label } : {},
})

it('a title of its own comes first, then the name of the type, then what is known', () => {
  const document = { nodes: [node('a', 'cutOut', 'Free the dog'), node('b', 'outline')], edges: [] }
  const titleOf = titles([submit('c', 'outline'), submit('d', 'gone')], document, catalog)
  expect(['a', 'b', 'c', 'd', 'e'].map(titleOf)).toEqual([
    'Free the dog',
    'Outline',
    'Outline',
    'gone',
    'e',
  ])
})

it('a title that was given to another node of the same id since does not count', () => {
  const document = { nodes: [node('a', 'outline', 'New one')], edges: [] }
  expect(titles([submit('a', 'cutOut')], document, catalog)('a')).toBe('Cut out')
})
