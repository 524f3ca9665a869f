import { expect, test } from 'vitest'
import { fileName, partsOf } from './parts'

const picture = {
  asset: 'a',
  url: '/media/a',
  content_type: 'image/jpeg',
  size: 1,
  sha256: '',
  width: 4,
  height: 3,
}

test('each picture of a list is a part of its own', () => {
  const parts = partsOf({ images: [picture, { ...picture, asset: 'b' }] })
  expect(parts.map(part => part.kind)).toEqual(['file', 'file'])
  expect(parts.map(part => part.label)).toEqual(['', ''])
})

test('what its author named is shown under that name', () => {
  expect(partsOf({ Greeting: 'Hello', text: 'plain' })).toEqual([
    { kind: 'text', label: 'Greeting', text: 'Hello' },
    { kind: 'text', label: '', text: 'plain' },
  ])
})

test('a value that is neither file nor text is shown as JSON', () => {
  expect(partsOf({ value: { n: 1, ok: true } })[0]).toMatchObject({
    text: '{\n  "n": 1,\n  "ok": true\n}',
  })
})

test('an empty result has no parts', () => {
  expect(partsOf(null)).toEqual([])
  expect(partsOf({ images: [], text: '' }).filter(part => part.kind === 'file')).toEqual([])
})

test('a file without a name is downloaded under the name of the workflow', () => {
  expect(fileName(picture, 'pet-sticker', 0)).toBe('pet-sticker.jpg')
  expect(fileName(picture, 'pet-sticker', 1)).toBe('pet-sticker-2.jpg')
  expect(fileName({ ...picture, name: 'dog.png' }, 'pet-sticker', 1)).toBe('dog.png')
})
