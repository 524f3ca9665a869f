/** Putting what the server says about a form at the field it is about. No React. */
import { ApiError, errorMessage } from '../../lib/errors'
import { texts } from '../texts'

export interface Problems {
  /** Sentences by the name of the field. */
  fields: Record<string, string>
  /** What is about no field of the form. */
  whole: string
}

export const NO_PROBLEMS: Problems = { fields: {}, whole: '' }

/** Sort an error to the field it names if the form has it, else to the whole. */
export function problemsOf(error: unknown, fields: readonly string[]): Problems {
  if (error instanceof ApiError && error.status === 400) {
    const { field, expected } = error.body
    if (typeof field === 'string' && fields.includes(field)) {
      const { message } = error
      const words = typeof expected === 'string' ? texts.withExpected(message, expected) : message
      return { fields: { [field]: words }, whole: '' }
    }
  }
  return { fields: {}, whole: errorMessage(error) }
}
