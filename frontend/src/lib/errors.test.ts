import { expect, it } from 'vitest'
import { ApiError, errorMessage } from './errors'

it('a reached limit says the limit and how many there are', () => {
  const body = { error: 'Full', code: 'WORKFLOW_LIMIT_REACHED', limit: 20, current: 21 }
  const message = errorMessage(new ApiError(403, 'WORKFLOW_LIMIT_REACHED', 'Full', body))
  expect(message).toContain('You have 21 workflows, and your plan holds 20.')
})

it('a refusal is told in the words of the server, a lost network in ours', () => {
  expect(errorMessage(new ApiError(404, 'NOT_FOUND', 'Gone.', {}))).toBe('Gone.')
  expect(errorMessage(new ApiError(401, 'AUTHENTICATION', 'No.', {}))).toContain('Log in again')
  expect(errorMessage(new TypeError('Failed to fetch'))).toBe('The server cannot be reached.')
})
