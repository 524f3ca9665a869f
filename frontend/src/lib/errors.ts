/** What a call of the server fails with, and what people read of any failure. */

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
    if (error.status === 401) return 'You are signed out. Sign in again; your edits are saved.'
    if (error.code === 'WORKFLOW_LIMIT_REACHED') {
      const { limit, current } = error.body
      return (
        `You have ${current} workflows, and your plan holds ${limit}. ` +
        'Delete one you no longer need, then try again; templates do not count.'
      )
    }
    return error.message
  }
  if (error instanceof TypeError) return 'The server cannot be reached.'
  return error instanceof Error ? error.message : String(error)
}
