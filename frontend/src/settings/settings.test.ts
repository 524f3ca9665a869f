import { expect, test } from 'vitest'
import { ApiError } from '../lib/errors'
import { amount } from '../lib/locale'
import { problemsOf } from '../ui/forms/problems'
import { dayWords, everyDay } from './account/usage'
import { capabilityWords, covers, offered, presetsWithin, rightsWords } from './keys/capabilities'

const refusal = (status: number, body: Record<string, unknown>) =>
  new ApiError(status, 'INVALID_BODY', 'name must be a text.', body)

test('a refusal goes to the field it names, with what was expected', () => {
  const error = refusal(400, { field: 'name', expected: '1 to 200 characters' })
  expect(problemsOf(error, ['name', 'email'])).toEqual({
    fields: { name: 'name must be a text. Expected: 1 to 200 characters.' },
    whole: '',
  })
})

test('a refusal about no field of the form is shown for the whole', () => {
  expect(problemsOf(refusal(400, { field: 'other' }), ['name']).whole).toBe('name must be a text.')
  expect(problemsOf(refusal(403, { field: 'name' }), ['name']).whole).toBe('name must be a text.')
  expect(problemsOf(new TypeError('x'), ['name']).whole).toBe('The server cannot be reached.')
})

test('a resource with a star covers its verbs, and nothing else', () => {
  expect(covers(['workflow:*'], 'workflow:run')).toBe(true)
  expect(covers(['workflow:read'], 'workflow:run')).toBe(false)
  expect(covers(['workflow:*'], 'execution:read')).toBe(false)
  expect(covers(['*'], 'webhook:receive')).toBe(true)
})

test('only what the tier can grant is offered', () => {
  expect(offered(['execution:*']).map(right => right.capability)).toEqual([
    'execution:read',
    'execution:cancel',
  ])
  expect(offered([])).toEqual([])
  const presets = [
    { preset: 'a', label: 'A', capabilities: ['workflow:run'] },
    { preset: 'b', label: 'B', capabilities: ['workflow:run', 'model:run'] },
  ]
  expect(presetsWithin(presets, ['workflow:*']).map(({ preset }) => preset)).toEqual(['a'])
})

test('capabilities are shown in words', () => {
  expect(capabilityWords('workflow:poster:run')).toBe('Run poster')
  expect(capabilityWords('execution:*')).toBe('Everything about runs')
  expect(capabilityWords('execution:read')).toBe('Read runs and their results')
  expect(capabilityWords('*')).toBe('Everything')
  expect(rightsWords(['workflow:run', 'workflow:read'])).toBe('Run every workflow, read workflows')
})

test('the chart has a bar for every day, oldest first', () => {
  const spent = { day: '2026-03-01', amount: 4, runs: 2 }
  const days = everyDay([spent], 3, new Date('2026-03-02T10:00:00Z'))
  expect(days).toEqual([
    { day: '2026-02-28', amount: 0, runs: 0 },
    spent,
    {
      day: '2026-03-02',
      amount: 0,
      runs: 0,
    },
  ])
  expect(dayWords('2026-03-01')).toBe('1 Mar')
  expect(amount(1204.256)).toBe('1,204.26')
})
