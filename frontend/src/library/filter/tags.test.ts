import { expect, it } from 'vitest'
import { tagsIn } from './tags'

it.each([
  ['', ['a'], ['a']],
  ['print,  A3 poster ,', [], ['print', 'A3 poster']],
  ['Print', ['print'], ['print']],
  ['b, a', ['a'], ['a', 'b']],
])('typing %j beside %j makes %j', (typed, tags, all) => expect(tagsIn(typed, tags)).toEqual(all))
