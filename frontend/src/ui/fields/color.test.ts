import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromHex, fromHsv, mainColors, toHex, toHsv } from './color'

it('reads short and long codes, with opacity or without', () => {
  expect(toHex(fromHex('#abc') as never)).toBe('#aabbcc')
  expect(toHex(fromHex('1f84f780') as never)).toBe('#1f84f780')
  expect(fromHex('#12')).toBeNull()
})

it('comes back the same from hue, saturation and value', () => {
  const channel = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(channel, channel, channel, channel, (red, green, blue, alpha) => {
      const color = { red, green, blue, alpha: alpha / 255 }
      expect(toHex(fromHsv(toHsv(color)))).toBe(toHex(color))
    }),
  )
})

it('finds the colors that most of an image has', () => {
  const pixels = [...Array(30)].flatMap((_, i) =>
    i < 20 ? [200, 10, 10, 255] : [10, 10, 200, 255],
  )
  const image = new Uint8ClampedArray([...pixels, 0, 255, 0, 0])
  expect(mainColors(image, 8)).toEqual(['#c80a0a', '#0a0ac8'])
})
