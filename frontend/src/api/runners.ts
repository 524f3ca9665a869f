/** The calls about runners: the ComfyUI servers that are registered here. */
import { call } from './client'
import type { JsonObject } from './document'
import type {
  NewRunner,
  Runner,
  RunnerFields,
  RunnerHealth,
  RunnerLacking,
  RunnerQueue,
} from './schema'

const at = (id: string) => `/api/runners/${encodeURIComponent(id)}`

export const runnerList = () => call<Runner[]>('/api/runners')

/** Register a runner. Throws ApiError (400 names the field; 403 when one may not). */
export const runnerCreate = (body: NewRunner) =>
  call<Runner>('/api/runners', { method: 'POST', body })

export const runnerChange = (id: string, body: RunnerFields) =>
  call<Runner>(at(id), { method: 'PUT', body })

/** Forget a runner. Throws ApiError RUNNER_BUSY while runs are under way on it, unless forced. */
export const runnerDelete = (id: string, force: boolean) =>
  call<unknown>(`${at(id)}${force ? '?force=true' : ''}`, { method: 'DELETE' })

/** Probe the server now. */
export const runnerTest = (id: string) =>
  call<RunnerHealth>(`${at(id)}/test`, { method: 'POST', body: {} })

export const runnerQueue = (id: string) => call<RunnerQueue>(`${at(id)}/queue`)

/** Read what no runner has of a graph. Throws ApiError (400 for anything but a ComfyUI file). */
export const runnerLacking = (graph: JsonObject, tags: readonly string[]) =>
  call<RunnerLacking>('/api/runners/lacking', { method: 'POST', body: { graph, tags } })

/** Probe a server that is not registered (or not so) yet; `id` lends its stored headers. */
export const runnerTry = (body: Pick<NewRunner, 'endpoint' | 'headers'> & { id: string | null }) =>
  call<RunnerHealth>('/api/runners/test', { method: 'POST', body })
