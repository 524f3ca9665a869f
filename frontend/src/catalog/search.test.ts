/** What the palette finds first. */
import { describe, expect, it } from 'vitest'
import { input } from './ports'
import { fitting, NodeSearch } from './search'
import type { NodeType } from './types'

const type = (name: string, more: Partial<NodeType> = {}): NodeType => ({
  type: name,
  name,
  category: 'Image',
  description: '',
  aliases: [],
  version: 1,
  sink: false,
  runs: true,
  dynamic: null,
  preview: null,
  width: 280,
  inputs: [],
  outputs: [],
  ...more,
})
const types = [
  type('Resize', { aliases: ['scale', 'shrink'], description: 'Makes a picture larger.' }),
  type('Cut out', { aliases: ['remove background'] }),
  type('Crop', { description: 'Cut a part out of a picture.' }),
  type('Text', { category: 'Text', outputs: [{ name: 'text', type: 'text', label: '' }] }),
  type('Draw text', { inputs: [input({ name: 'text', type: 'text' })] }),
  type('Blur', { inputs: [input({ name: 'mask', type: 'mask' })] }),
]
const search = new NodeSearch(types)
const names = (query: string, recent: string[] = []) =>
  search.find(query, recent).map(found => found.name)

describe('searching nodes', () => {
  it('finds a name by how it begins', () => expect(names('res')[0]).toBe('Resize'))
  it('finds by another word for it', () => expect(names('scale')).toEqual(['Resize']))
  it('puts a name before a description', () => expect(names('cut')).toEqual(['Cut out', 'Crop']))
  it('puts the exact name before longer ones', () =>
    expect(names('text').slice(0, 2)).toEqual(['Text', 'Draw text']))
  it('forgives a typing mistake', () => expect(names('resise')).toEqual(['Resize']))
  it('wants every word to match', () => expect(names('remove background')).toEqual(['Cut out']))
  it('finds nothing for nonsense', () => expect(names('qqqq')).toEqual([]))
  it('shows recent ones first while nothing is typed', () => {
    expect(names('', ['Blur', 'gone', 'Crop']).slice(0, 3)).toEqual(['Blur', 'Crop', 'Resize'])
    expect(names('', ['Blur'])).toHaveLength(types.length)
  })
  it('keeps only what a dropped wire fits', () => {
    const from = (kind: string, side: 'output' | 'input') =>
      fitting(types, { type: kind, from: side }).map(found => found.name)
    expect(from('text', 'output')).toEqual(['Draw text'])
    expect(from('mask', 'output')).toEqual(['Blur'])
    expect(from('text', 'input')).toEqual(['Text'])
  })
})
