/** Which fields of a node are shown as its others are set. */
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../api/document'
import { input } from '../catalog/ports'
import { shownInputs } from './check'

const choice = { type: 'text', widget: 'pills', default: 'ratio' } as const
const inputs = [
  input({ ...choice, name: 'mode', options: ['ratio', 'area', 'trim'] }),
  input({ name: 'ratio', type: 'text', shown_when: { mode: ['ratio'] } }),
  input({ name: 'left', type: 'number', shown_when: { mode: ['area'] } }),
  input({ name: 'keep', type: 'text', shown_when: { mode: ['ratio', 'area'] } }),
]
const shown = (data: JsonObject, ...connected: string[]) =>
  shownInputs({ data }, inputs, new Set(connected)).map(({ name }) => name)

describe('the fields that are shown', () => {
  it('are those that the mode uses, the default one too', () => {
    expect(shown({})).toEqual(['mode', 'ratio', 'keep'])
    expect(shown({ mode: 'area' })).toEqual(['mode', 'left', 'keep'])
    expect(shown({ mode: 'trim', left: 3 })).toEqual(['mode'])
  })

  it('are also those that are connected', () => {
    expect(shown({ mode: 'trim' }, 'left')).toEqual(['mode', 'left'])
  })

  it('are all while nobody knows the mode', () => {
    const all = ['mode', 'ratio', 'left', 'keep']
    expect(shown({ mode: 'trim' }, 'mode')).toEqual(all)
    expect(shown({ mode: 'bent' })).toEqual(all)
    expect(shown({ mode: 3 })).toEqual(all)
  })

  it('are fewer by each field that decides', () => {
    const both = input({ name: 'both', type: 'text', shown_when: { mode: ['area'], fill: ['a'] } })
    const fill = input({ ...choice, name: 'fill', default: 'a', options: ['a', 'b'] })
    const names = (data: JsonObject) =>
      shownInputs({ data }, [...inputs, both, fill], new Set()).map(({ name }) => name)
    expect(names({ mode: 'area' })).toContain('both')
    expect(names({ mode: 'area', fill: 'b' })).not.toContain('both')
    expect(names({ mode: 'trim', fill: 'a' })).not.toContain('both')
  })
})
