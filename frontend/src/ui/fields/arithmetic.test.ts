import { expect, it } from 'vitest'
import { isSum, worth } from './arithmetic'

it.each([
  ['1024/2', 512],
  ['2 + 3 * 4', 14],
  ['(2+3)*4', 20],
  ['-3,5', -3.5],
  ['1e3', 1000],
  ['10-3-2', 5],
  ['1920×0.5', 960],
])('%s is %d', (text, value) => expect(worth(text)).toBe(value))

it.each(['', '12/', 'wide', '(1+2', '2)', '1 2', '--', 'alert(1)'])('%s is no number', text =>
  expect(worth(text)).toBeNaN(),
)

it('a plain number is nothing to be worked out', () => {
  expect(['-5', '1e-3', '3.2'].some(isSum)).toBe(false)
  expect(['1/2', '3 -'].every(isSum)).toBe(true)
})
