import { expect, it } from 'vitest'
import type { Json } from '../../api/document'
import { labelsOf, partsOf, readable } from './parts'

const picture = { asset: 'a', url: '/media/a', content_type: 'image/png', size: 1, sha256: '' }

it('a result falls into its named parts', () =>
  expect(partsOf({ images: [picture, picture], text: 'Hello', nothing: null, empty: '' })).toEqual([
    { name: 'images', media: [picture, picture], text: null },
    { name: 'text', media: [], text: 'Hello' },
  ]))

it('numbers and false are something to read', () =>
  expect(partsOf({ amount: 0, wanted: false }).map(part => part.text)).toEqual(['0', 'false']))

it('a value without a name is one part', () => {
  expect(partsOf(picture)).toEqual([{ name: '', media: [picture], text: null }])
  expect(partsOf(null)).toEqual([])
})

it('inputs are called as their author labelled them', () => {
  const fields: Json[] = [{ name: 'prompt', label: 'What to draw' }, { name: 'plain' }, null]
  const node = { id: 'r', type: 'requestInput', position: { x: 0, y: 0 }, data: { fields } }
  expect([...labelsOf({ nodes: [node], edges: [] })]).toEqual([['prompt', 'What to draw']])
  expect(labelsOf(undefined).size).toBe(0)
})

it.each([
  ['aspect_ratio', 'Aspect ratio'],
  ['maxCredits', 'Max credits'],
  ['images', 'Images'],
])('%s reads %s', (name, words) => expect(readable(name)).toBe(words))
