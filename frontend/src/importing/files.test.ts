import { expect, it } from 'vitest'
import { isJson, mayCarry, pasted } from './files'

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
