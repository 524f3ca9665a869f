/** What a call of the server fails with, and what users read of any failure. */
import { texts } from './texts'

/** A response that is no success; carries the server's sentence and its context. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly body: Record<string, unknown>,
  ) {
    super(message)
  }
}

/** Say in a sentence what went wrong, with the numbers when a limit is reached. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status === 401) return texts.loggedOut
    if (error.code === 'WORKFLOW_LIMIT_REACHED') {
      const { limit, current } = error.body
      return texts.workflowLimit(Number(current), Number(limit))
    }
    return error.message
  }
  if (error instanceof TypeError) return texts.serverUnreachable
  return error instanceof Error ? error.message : String(error)
}
