import { expect, it } from 'vitest'
import type { Need } from '../api/schema'
import { row } from '../ui/workflows/sample'
import { price } from './price'

const KEY: Need = { kind: 'key', id: 'openai', name: 'OpenAI' }
const template = (ms: number | null, needs: Need[] = []) => ({
  category: null,
  kinds: [],
  needs,
  ms,
})

it('a time is shown to the second, and only where it is known', () => {
  expect(price(row({ template: template(8_400) }))).toBe('8 s · free')
  expect(price(row({ template: template(90) }))).toBe('1 s · free')
  expect(price(row({ template: template(125_000) }))).toBe('2 min 5 s · free')
  expect(price(row({ template: template(null) }))).toBe('free')
})

it('what a provider does is never free', () => {
  expect(price(row({ template: template(null, [KEY]) }))).toBe('paid per use')
  expect(price(row({ template: template(1_000, [KEY]), estimatedCreditCost: 12 }))).toBe(
    '1 s · about 12 credits',
  )
})
