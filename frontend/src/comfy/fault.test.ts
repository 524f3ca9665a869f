import { expect, it } from 'vitest'
import { faultsOf, faultWords } from './fault'

const error = (cause: unknown) => ({ status: 422, body: { code: 'NODE_FAILED', cause } }) as never

it('the node that failed while it ran is named by what the runner says', () => {
  const failed = error({ node: '3', node_type: 'KSampler', exception_message: 'Out of memory.' })
  expect([...faultsOf(failed)]).toEqual([['3', { message: 'Out of memory.', input: null }]])
  expect(faultWords(failed)).toBe('KSampler (#3)')
})

it('every node of a refused graph is named, with its input', () => {
  const refused = error({
    message: 'Prompt outputs failed validation',
    node: '3',
    node_errors: [
      { node: '3', node_type: 'KSampler', input: 'seed', message: 'Value 0 smaller than min.' },
      { node: '12:5', node_type: 'LoadImage', message: 'No such file.' },
    ],
  })
  expect([...faultsOf(refused).keys()]).toEqual(['3', '12:5'])
  expect(faultsOf(refused).get('3')).toEqual({
    message: 'Value 0 smaller than min.',
    input: 'seed',
  })
  expect(faultWords(refused)).toBe('KSampler (#3), seed')
})

it('anything else names no node', () => {
  for (const cause of [undefined, null, 'x', [], { node: {} }, { node_errors: ['x'] }]) {
    expect(faultsOf(error(cause)).size).toBe(0)
    expect(faultWords(error(cause))).toBe('')
  }
  expect(faultsOf(null).size).toBe(0)
})
