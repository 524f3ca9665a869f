import { expect, test } from 'vitest'
import { originsIn } from './origins'

test('URLs of sites become origins, each once', () => {
  const text = 'https://a.example/page?x=1, b.example  http://localhost:3000\nA.example'
  expect(originsIn(text)).toEqual({
    origins: ['https://a.example', 'https://b.example', 'http://localhost:3000'],
    wrong: null,
  })
})

test('nothing typed is no origin', () => {
  expect(originsIn('  ')).toEqual({ origins: [], wrong: null })
})

test.each(['*', 'https://*.example', 'ftp://a.example', 'javascript:alert', 'https://'])(
  '%s is refused by name',
  text => {
    expect(originsIn(`https://a.example ${text}`)).toEqual({
      origins: ['https://a.example'],
      wrong: text,
    })
  },
)
