import { expect, it } from 'vitest'
import { asText, resultOf } from './results'

const file = (asset: string) => ({ asset, url: `/media/${asset}`, content_type: 'image/png' })
const shown = (output: Record<string, unknown>, port?: string) =>
  resultOf(output, port).media.map(found => found.asset)

it('a file that several outputs name shows once', () => {
  expect(shown({ pictures: [file('a'), file('b')], files: [file('a'), file('b')] })).toEqual([
    'a',
    'b',
  ])
})

it('a list may show one file twice', () => {
  expect(shown({ pictures: [file('a'), file('a')] }, 'pictures')).toEqual(['a', 'a'])
})

it('a named output with nothing in it leaves the place to the others', () => {
  expect(resultOf({ files: [], words: 'Hello' }, 'files').text).toBe('Hello')
  expect(resultOf({ files: [], words: 'Hello' }, 'words').text).toBe('Hello')
})

it('texts of a list are numbered, and one alone is as it is', () => {
  expect(asText(['a', 'b'])).toBe('1. a\n2. b')
  expect(asText(['a'])).toBe('a')
})
