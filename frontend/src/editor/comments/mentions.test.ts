/** Mentions are completed where they are typed; texts have links and mentions, and nothing else. */
import { describe, expect, it } from 'vitest'
import type { CommentMember } from '../../api/schema'
import { bytesOf, complete, matching, partsOf, queryAt } from './mentions'

const member = (user: string, name = user, you = false): CommentMember => ({
  id: user,
  user,
  name,
  role: 'edit',
  you,
})

describe('a mention', () => {
  it.each([
    ['@', ''],
    ['fine, @jo', 'jo'],
    ['(@mia.b', 'mia.b'],
    ['write to a@b', null],
    ['@jonas fine', null],
    ['', null],
  ])('is being typed in %j: %j', (text, query) => {
    expect(queryAt(text, text.length)).toBe(query)
  })

  it('is looked for in names, those that begin so first, and not in one’s own', () => {
    const all = [member('benjamin', 'Benjamin Jo'), member('jonas'), member('joe', 'Joe', true)]
    expect(matching(all, 'jo').map(({ user }) => user)).toEqual(['jonas', 'benjamin'])
    expect(matching(all, '')).toHaveLength(2)
  })

  it('is put where the caret is', () => {
    expect(complete('ask @jo today', 7, 'jonas')).toEqual(['ask @jonas today', 11])
    expect(complete('@', 1, 'mia')).toEqual(['@mia ', 5])
  })
})

describe('a text', () => {
  it('has links and mentions as parts of their own', () => {
    const text = 'See https://example.com/a?b=1, @mia. <b>no</b> javascript:alert(1) me@mia'
    expect(partsOf(text, ['mia']).filter(({ kind }) => kind !== 'text')).toEqual([
      { kind: 'link', text: 'https://example.com/a?b=1' },
      { kind: 'mention', text: '@mia' },
    ])
    expect(
      partsOf(text, ['mia'])
        .map(part => part.text)
        .join(''),
    ).toBe(text)
  })

  it('names no one who is not mentioned', () => {
    expect(partsOf('@nobody', [])).toEqual([{ kind: 'text', text: '@nobody' }])
  })

  it('is counted in bytes', () => {
    expect(bytesOf('é')).toBe(2)
  })
})
