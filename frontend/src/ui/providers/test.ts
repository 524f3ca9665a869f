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

/** Whether a test failed without a word on the key: the provider is away, busy or in trouble. */
export function saveable(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return AWAY.has(error.code) || (error.status >= OF_PROVIDER && !REFUSED.has(error.code))
}

/** Below this a status is about our own request: logged out, or no key at all. */
const OF_PROVIDER = 422
const AWAY = new Set(['UNREACHABLE', 'FETCH_TIMEOUT'])
const REFUSED = new Set(['MODEL_KEY_REFUSED', 'MODEL_REFUSED'])
