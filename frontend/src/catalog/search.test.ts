/** What the palette finds first. */
import { describe, expect, it } from 'vitest'
import type { NodeType } from '../api/catalog'
import { input } from './ports'
import { catalogOf } from './recorded'
import { fitting, NodeSearch } from './search'

const type = (name: string, more: Partial<NodeType> = {}): NodeType => ({
  type: name,
  name,
  category: 'Image',
  description: '',
  aliases: [],
  version: 1,
  sink: false,
  runs: true,
  deterministic: true,
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
  it('forgives a typing mistake, in long words', () => {
    expect(names('resise')).toEqual(['Resize'])
    expect(names('crob')).toEqual([])
  })
  it('takes hyphens and spaces for the same', () =>
    expect(names('remove-background')).toEqual(['Cut out']))
  it('offers what has some of the words where nothing has all', () =>
    expect(names('resize everything')).toEqual(['Resize']))
  it('wants every word to match', () => expect(names('remove background')).toEqual(['Cut out']))
  it('finds nothing for nonsense', () => expect(names('qqqq')).toEqual([]))
  it('shows recent ones first while nothing is typed', () => {
    expect(names('', ['Blur', 'gone', 'Crop']).slice(0, 3)).toEqual(['Blur', 'Crop', 'Resize'])
    expect(names('', ['Blur'])).toHaveLength(types.length)
  })
})

describe('what a dropped connection offers', () => {
  const { rules } = catalogOf([])
  const port = (name: string, kind: string, more: object = {}) =>
    input({ name, label: name, type: kind, ...more })
  const nodes = [
    type('Crop', { inputs: [port('image', 'image', { required: true }), port('ratio', 'text')] }),
    type('Text overlay', { inputs: [port('text', 'text', { required: true })] }),
    type('Template', { dynamic: 'placeholders' }),
    type('Concatenate', { inputs: [port('format', 'text', { options: ['mp3'], required: true })] }),
    type('Trim', { inputs: [port('video', 'video', { required: true }), port('start', 'number')] }),
    type('Extract audio', { inputs: [port('video', 'file', { required: true })] }),
    type('Preview', { inputs: [port('value', 'any', { required: true, many: true })] }),
    type('Request', { inputs: [port('url', 'text', { required: true }), port('body', 'any')] }),
    type('Mask', { inputs: [port('mask', 'mask', { required: true })] }),
    type('Gradient', { outputs: [{ name: 'image', type: 'image', label: 'Image' }] }),
    type('Matte', { outputs: [{ name: 'mask', type: 'mask', label: 'Mask' }] }),
  ]
  const names = (kind: string, from: 'output' | 'input', meant = true) =>
    fitting(rules, nodes, { type: kind, from })
      .filter(found => found.meant === meant)
      .map(found => found.type.name)

  it('puts what the value is for first, then what takes anything', () => {
    expect(names('text', 'output')).toEqual(['Text overlay', 'Request', 'Template', 'Preview'])
    expect(names('image', 'output')).toEqual(['Crop', 'Preview'])
  })
  it('keeps apart what only converts, or sets one setting', () => {
    expect(names('text', 'output', false)).toEqual(['Crop', 'Concatenate', 'Trim'])
    expect(names('image', 'output', false)).toEqual(['Extract audio', 'Request'])
  })
  it('connects numbers to settings, which is all they are for', () => {
    expect(names('number', 'output')).toEqual(['Preview', 'Trim'].reverse())
  })
  it('runs a list through what takes one of its items', () => {
    expect(names('list<image>', 'output')).toEqual(['Crop', 'Preview'])
  })
  it('offers what gives the value to a connection drawn backwards', () => {
    expect(names('image', 'input')).toEqual(['Gradient', 'Matte'])
  })
  it('says which port is meant', () => {
    const [first] = fitting(rules, nodes, { type: 'image', from: 'output' })
    expect([first?.type.name, first?.port]).toEqual(['Crop', 'image'])
  })
})
