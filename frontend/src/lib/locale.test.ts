// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { amount, list, ordinal, plural } from './locale'

it('a sentence has the form that belongs to its number', () => {
  const nodes = (n: number) => plural(n, { one: '1 node', other: `${amount(n)} nodes` })
  expect([0, 1, 2, 2000].map(nodes)).toEqual(['0 nodes', '1 node', '2 nodes', '2,000 nodes'])
})

it('a place in an order has its own forms', () => {
  const place = (n: number) => ordinal(n, { one: 'st', two: 'nd', few: 'rd', other: 'th' })
  expect([1, 2, 3, 4, 11, 22].map(place)).toEqual(['st', 'nd', 'rd', 'th', 'th', 'nd'])
})

it('amounts have at most two digits behind the point', () => {
  expect([1204, 0.25, 0.126].map(amount)).toEqual(['1,204', '0.25', '0.13'])
})

it('names come one after another', () => {
  expect(list(['one', 'two', 'three'])).toBe('one, two, three')
})

const WORDS = {
  save: 'Save',
  saved: (name: string) => `<b>${name}</b> is saved.`,
  theme: { dark: 'Dark' },
}

/** The texts as a page of this language has them. */
async function textsIn(language: string) {
  document.documentElement.lang = language
  vi.resetModules()
  return (await import('./locale')).defineTexts(WORDS)
}

beforeEach(() => vi.resetModules())
afterEach(() => document.documentElement.removeAttribute('lang'))

it('texts are in English', async () => {
  const texts = await textsIn('en')
  expect([texts.save, texts.saved('A'), texts.theme.dark]).toEqual([
    'Save',
    '<b>A</b> is saved.',
    'Dark',
  ])
})

it('the pseudo-locale marks every text and leaves its tags', async () => {
  const texts = await textsIn('en-XA')
  expect(texts.save).toBe('⟦Šáṽé⟧')
  expect(texts.saved('Sticker')).toBe('⟦<b>Šŧíçķéř</b> íš šáṽéđ.⟧')
  expect(texts.theme.dark).toBe('⟦Đářķ⟧')
})
