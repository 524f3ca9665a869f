import { describe, expect, it } from 'vitest'
import { parseJson } from './bigIntegers'

describe('JSON with large whole numbers', () => {
  it('is parsed like any other where nothing is large', () => {
    const text = '{"a": [1, -2.5, 9007199254740991, 1e20], "b": "12345678901234567890", "c": null}'
    expect(parseJson(text)).toEqual(JSON.parse(text))
    expect(() => parseJson('{')).toThrow(SyntaxError)
  })

  it('is written again by any JSON.stringify, as it was where the engine can', () => {
    const written = JSON.stringify({ seed: BigInt('18446744073709551615') })
    const exact = 'rawJSON' in JSON
    expect(written).toBe(`{"seed":${exact ? '18446744073709551615' : '18446744073709552000'}}`)
    const found = parseJson('{"seed": 18446744073709551615}') as { seed: unknown }
    expect(JSON.stringify(found)).toBe(written)
  })
})
