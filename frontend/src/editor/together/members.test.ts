import { expect, test } from 'vitest'
import { colorOf } from './members'

test('each page has one of the colors, and those that come one after the other differ', () => {
  const colors = Array.from({ length: 8 }, (_, at) => colorOf(`9cd57d8a-${at + 1}`))
  expect(new Set(colors).size).toBe(8)
  for (const color of colors) expect(color).toMatch(/^var\(--member-[1-8]\)$/)
})
