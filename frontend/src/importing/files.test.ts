import { expect, it } from 'vitest'
import { isJson, isText, mayCarry, pasted, textIn, unsupported } from './files'

const picture = (body: string, type = 'image/png') => new File([body], 'a.png', { type })

it('a picture may carry a workflow when it says so anywhere', async () => {
  expect(await mayCarry(picture('\x89PNG....tEXtworkflow\0{}....'))).toBe(true)
  expect(await mayCarry(picture('RIFF....EXIFprompt:{"3":1}', 'image/webp'))).toBe(true)
  expect(await mayCarry(picture('\x89PNG....pixels of a work, promptly'))).toBe(true)
  expect(await mayCarry(picture('\x89PNG....workflo'))).toBe(false)
  expect(await mayCarry(picture('workflow', 'image/gif'))).toBe(false)
})

it('only the ends of a large file are looked through', async () => {
  const pixels = 'x'.repeat(6 * 1024 * 1024)
  expect(await mayCarry(picture(`${pixels}workflow`))).toBe(true)
  expect(await mayCarry(picture(`${pixels}workflow${pixels}`))).toBe(false)
})

it('pasted text is a file when it is a JSON object', async () => {
  expect(await pasted(' {"nodes": []}')?.text()).toBe(' {"nodes": []}')
  expect(pasted('{not json')).toBeNull()
  expect(pasted('[1]')).toBeNull()
  expect(pasted('hello')).toBeNull()
})

it('a file is JSON by its name or its type', () => {
  expect(isJson(new File([], 'A.JSON'))).toBe(true)
  expect(isJson(new File([], 'a', { type: 'application/json' }))).toBe(true)
  expect(isJson(new File([], 'a.png'))).toBe(false)
})

it('text files are those that end or are declared like one', () => {
  for (const name of ['a.txt', 'README.md', 'rows.CSV', 'film.srt']) {
    expect(isText(new File([], name))).toBe(true)
  }
  expect(isText(new File([], 'notes', { type: 'text/plain' }))).toBe(true)
  expect(isText(new File([], 'a.svg', { type: 'image/svg+xml' }))).toBe(false)
  expect(isText(new File([], 'a.html', { type: 'text/html' }))).toBe(false)
})

it('a text is read as UTF-8, and what a node cannot hold is refused in a sentence', async () => {
  expect(await textIn(new File(['\ufeffGrüße'], 'a.txt'))).toBe('Grüße')
  const bytes = new File([new Uint8Array([0xff, 0xfe, 0x00])], 'b.txt')
  await expect(textIn(bytes)).rejects.toThrow('b.txt is not a text in UTF-8.')
  const long = new File(['x'.repeat(1_000_001)], 'c.txt')
  await expect(textIn(long)).rejects.toThrow('c.txt is too long for a Text node: 1 MB at most.')
})

it('kinds nothing here opens are named in the words of who drops them', () => {
  expect(unsupported(new File([], 'logo.svg'))).toBe(
    'SVG is not supported yet. Drop a PNG, JPEG or WebP.',
  )
  expect(unsupported(new File([], 'a.PSD'))).toContain('Photoshop (PSD) is not supported yet.')
  expect(unsupported(new File([], 'a.png'))).toBeNull()
  expect(unsupported(new File([], 'unknown'))).toBeNull()
})
