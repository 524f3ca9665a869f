/** What the test of a key means: what it counted, and whether the key may be kept without it. */
import type { ProviderTrial } from '../../api/schema'
import { ApiError } from '../../lib/errors'
import { texts } from './texts'

const NAMES = texts.tasks as Readonly<Record<string, string>>

/** A task as it is counted: `image`, `remove background`. */
export const taskName = (task: string): string => NAMES[task] ?? task

/** The tasks that have models, in the order of the texts. */
export function taskCounts({ tasks }: Pick<ProviderTrial, 'tasks'>): [string, number][] {
  return Object.keys({ ...NAMES, ...tasks }).flatMap(task => {
    const count = tasks[task] ?? 0
    return count > 0 ? [[taskName(task), count] as [string, number]] : []
  })
}

/** Whether a test failed for no fault of the key: the provider is away, busy, in trouble or unpaid. */
export function saveable(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.status >= 500 || AWAY.has(error.code)
}

const AWAY = new Set(['UNREACHABLE', 'FETCH_TIMEOUT', 'MODEL_BUSY', 'MODEL_CREDIT', 'MODEL_FAILED'])
