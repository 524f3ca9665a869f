import { describe, expect, it } from 'vitest'
import type { DocumentNode, JsonObject } from '../../api/document'
import type { App } from '../../api/schema'
import { appTitle, ownTitle } from '../../catalog/title'
import { entriesOf, entryHandle, entryOf, pathFor, shownEntries } from './entries'
import { parse, sourcesIn, without } from './references'

describe('a reference', () => {
  const known = ['input', 'input.prompt', 'draw', 'a/b/v1.5/c']

  it('starts from the longest source that fits', () => {
    expect(parse('$input.prompt', known)).toEqual({ source: 'input.prompt', path: '' })
    expect(parse('$input.size.0', known)).toEqual({ source: 'input', path: 'size.0' })
    expect(parse('$draw.images[1].url', known)).toEqual({ source: 'draw', path: 'images.1.url' })
    expect(parse('$a/b/v1.5/c.image', known)).toEqual({ source: 'a/b/v1.5/c', path: 'image' })
  })

  it('is a whole string with a known head, or none at all', () => {
    for (const text of ['draw', 'see $draw', '$draws', '$draw and more', '$5 off', '$', 7, null]) {
      expect(parse(text, known)).toBeNull()
    }
  })

  it('is found and left out wherever it is', () => {
    const value = { a: ['$draw.x', 'text'], b: { c: '$input.prompt', d: 1 }, e: '$draw' }
    expect(sourcesIn(value, known)).toEqual(['draw', 'input.prompt'])
    expect(without(value, 'draw', known)).toEqual({
      a: ['text'],
      b: { c: '$input.prompt', d: 1 },
    })
  })
})

const node = (args: JsonObject, sources: string[] = []): DocumentNode => ({
  id: 'n',
  type: 'falApp',
  position: { x: 0, y: 0 },
  data: { app: 'x/y', arguments: args, sources },
})
const app: App = {
  id: 'x/y',
  name: 'Y',
  description: '',
  kind: 'utility',
  fields: [
    { name: 'image_url', type: 'image', required: true },
    { name: 'x', type: 'number' },
    { name: 'rare', type: 'number', advanced: true },
  ],
  outputs: [],
}

describe('the entries of an app', () => {
  it('are its declared fields and whatever else is given, by the type of the value', () => {
    const given = { image_url: '$draw.image.url', seed: 7, loud: true, more: { a: 1 } }
    const entries = entriesOf(node(given, ['draw']), 'arguments', app)
    expect(entries.map(({ field }) => [field.name, field.type])).toEqual([
      ['image_url', 'image'],
      ['x', 'number'],
      ['rare', 'number'],
      ['seed', 'number'],
      ['loud', 'toggle'],
      ['more', 'json'],
    ])
    expect(entries[0]?.references).toEqual([{ source: 'draw', path: 'image.url' }])
  })

  it('that are a list of references alone are shown as such', () => {
    const [all, mixed] = entriesOf(
      node({ all: ['$a.x', '$b'], mixed: ['$a.x', 'text'] }, ['a', 'b']),
      'arguments',
      null,
    )
    expect(all?.references.map(one => one.source)).toEqual(['a', 'b'])
    expect(mixed).toMatchObject({ references: [], sources: ['a'] })
  })

  it('on the card are what is given and needed first, then common ones while there is room', () => {
    const names = (room: number, args: JsonObject = {}) => {
      const [shown, hidden] = shownEntries(entriesOf(node(args), 'arguments', app), room)
      return [shown.map(entry => entry.field.name), hidden]
    }
    expect(names(6)).toEqual([['image_url', 'x'], 1])
    expect(names(1)).toEqual([['image_url'], 2])
    expect(names(1, { rare: 1 })).toEqual([['image_url', 'rare'], 1])
  })

  it('have handles of their own', () => {
    expect(entryOf(`${entryHandle('x')}-in`)).toBe('x')
    expect(entryOf('=-in')).toBe('')
    expect(entryOf('$draw-in')).toBeNull()
  })
})

it('a new reference takes the part of a response that suits the field', () => {
  const from = (...types: [string, string][]) => ({
    ...app,
    outputs: types.map(([name, type]) => ({ name, label: name, type })),
  })
  const field = (type: string) => ({ name: 'f', type })
  expect(pathFor(field('image'), from(['image', 'image']))).toBe('image.url')
  expect(pathFor(field('image'), from(['seed', 'number'], ['images', 'list<image>']))).toBe(
    'images.0.url',
  )
  expect(pathFor(field('text'), from(['n', 'number'], ['results', 'text']))).toBe('results')
  expect(pathFor(field('video'), null)).toBe('video.url')
  expect(pathFor(undefined, undefined)).toBe('')
})

it('an app node is called by its app unless a user has named it', () => {
  expect(appTitle('fal-ai/workflow-utilities/crop-image')).toBe('Crop image')
  expect(appTitle('fal-ai/imageutils/rembg')).toBe('Rembg')
  expect(appTitle('fal-ai/flux/dev')).toBe('Flux dev')
  expect(appTitle('fal-ai/fast-sdxl')).toBe('Fast sdxl')
  expect(appTitle('workflows/ada/my_poster/')).toBe('My poster')
  expect(ownTitle({ type: 'falApp', data: { app: 'a/b-c' } })).toBe('B c')
  expect(ownTitle({ type: 'falApp', data: { app: 'a/b-c', label: 'Mine' } })).toBe('Mine')
  expect(ownTitle({ type: 'textBox', data: { app: 'a/b-c' } })).toBe('')
})
