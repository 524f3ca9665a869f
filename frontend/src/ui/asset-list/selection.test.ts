import { describe, expect, it } from 'vitest'
import { extended, NONE, selectedAll, toggled } from './selection'

const order = ['a', 'b', 'c', 'd', 'e']

describe('a selection of files', () => {
  it('takes in and takes out one at a time', () => {
    const two = toggled(toggled(NONE, 'b'), 'd')
    expect([...two.ids]).toEqual(['b', 'd'])
    expect([...toggled(two, 'b').ids]).toEqual(['d'])
  })

  it('reaches from the last one to the one that is clicked with Shift, either way', () => {
    const from = toggled(NONE, 'd')
    expect([...extended(from, 'b', order).ids].sort()).toEqual(['b', 'c', 'd'])
    const again = extended(extended(from, 'b', order), 'e', order)
    expect([...again.ids].sort()).toEqual(['b', 'c', 'd', 'e'])
    expect([...extended(NONE, 'c', order).ids]).toEqual(['c'])
  })

  it('is every file of the list', () => {
    expect([...selectedAll(order).ids]).toEqual(order)
    expect([...extended(selectedAll(order), 'b', order).ids]).toEqual(order)
  })
})
