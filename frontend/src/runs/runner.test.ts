/** What a refused run says. */
import { describe, expect, it } from 'vitest'
import { notReady } from './runner'

const missing = (nodeId: string, message: string) => ({ code: 'MISSING_INPUT', message, nodeId })

describe('a run that is refused', () => {
  it('says how many nodes are not ready and what the first one needs', () => {
    const problems = [
      missing('b', 'Blend needs Base: connect an image.'),
      missing('b', 'Blend needs Layer: connect an image.'),
      missing('c', 'Outline needs Image: connect an image.'),
    ]
    expect(notReady(problems)).toBe('2 nodes are not ready: Blend needs Base: connect an image.')
    expect(notReady(problems.slice(2))).toBe(
      '1 node is not ready: Outline needs Image: connect an image.',
    )
  })

  it('says what is wrong with the whole when no node is to blame', () => {
    const problem = { code: 'NOTHING_TO_RUN', message: 'There is nothing to run.' }
    expect(notReady([problem])).toBe('There is nothing to run.')
  })
})
