import { describe, expect, it } from 'vitest'
import { input } from '../../catalog/ports'
import { fieldsThatVary, firstValues, seeds, valuesOf } from './plan'

const field = (name: string, type: string, more = {}) =>
  input({ name, type, port: true, widget: 'number', ...more })

describe('variations', () => {
  it('are of fields with short values that nothing feeds, seeds first', () => {
    const inputs = [
      field('radius', 'number'),
      field('image', 'image', { widget: 'asset' }),
      field('model', 'text', { widget: 'model' }),
      field('seed', 'number'),
      field('size', 'number', { port: false }),
    ]
    expect(fieldsThatVary(inputs, new Set()).map(({ name }) => name)).toEqual(['seed', 'radius'])
    expect(fieldsThatVary(inputs, new Set(['seed'])).map(({ name }) => name)).toEqual(['radius'])
  })

  it('are typed with commas, or in lines where a text has commas', () => {
    expect(valuesOf('1, 2.5,x', 'number')).toEqual([1, 2.5, 'x'])
    expect(valuesOf('a cat, sitting\na dog', 'text')).toEqual(['a cat, sitting', 'a dog'])
    expect(valuesOf('true, false', 'boolean')).toEqual([true, false])
    expect(valuesOf(' , ', 'text')).toEqual([])
  })

  it('begin with different seeds, choices, or values around the present one', () => {
    expect(new Set(seeds(12, { min: 0, max: null })).size).toBe(12)
    expect(seeds(9, { min: 0, max: 1 }).length).toBe(2)
    expect(firstValues(field('radius', 'number', { min: 1, max: 100 }), 8)).toBe('4, 8, 12')
    expect(firstValues(field('kind', 'text', { options: ['a', 'b'] }), 'a')).toBe('a, b')
  })
})
