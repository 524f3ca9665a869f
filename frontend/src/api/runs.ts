/** The calls the pages about runs make. */
import { call } from './client'
import type {
  Accepted,
  Execution,
  ExecutionSummary,
  QueueChange,
  RetryPlan,
  RunQueue,
} from './schema'

/** List runs, newest first; `query` begins with a question mark or is empty. */
export const runsGet = (query: string, signal?: AbortSignal) =>
  call<ExecutionSummary[]>(`/api/executions${query}`, { signal })

export const runDetail = (id: string, signal?: AbortSignal) =>
  call<Execution>(`/api/executions/${id}`, { signal })

/** What of an ended run runs again: what has failed, unless these say otherwise. */
export interface RetryOptions {
  fromNode?: string
  items?: number[]
  failedOnly?: boolean
}

/** `version` is that of the workflow, by number or name, which a retry goes on with; empty: the run's own. */
const retryAt = (id: string, version: string, plan = '') =>
  `/api/executions/${id}/retry${plan}${version && `?version=${encodeURIComponent(version)}`}`

/** Take up an ended run where it stopped. */
export const runRetry = (id: string, options: RetryOptions = {}, version = '') =>
  call<Execution>(retryAt(id, version), { method: 'POST', body: { ...options } })

/** Read what that would do. */
export const retryPlan = (id: string, options: RetryOptions, version: string) =>
  call<RetryPlan>(retryAt(id, version, '/plan'), { method: 'POST', body: { ...options } })

/** Have a run rest once its steps under way are done. */
export const runPause = (id: string) =>
  call<Execution>(`/api/executions/${id}/pause`, { method: 'POST', body: {} })

/** Have a paused run wait for its turn again. */
export const runResume = (id: string) =>
  call<Execution>(`/api/executions/${id}/resume`, { method: 'POST', body: {} })

/** The runs that have not ended, one's own or, for staff, `all`. */
export const queueGet = (params: { all: boolean; limit: number }, signal?: AbortSignal) =>
  call<RunQueue>(`/api/queue?limit=${params.limit}${params.all ? '&all=true' : ''}`, { signal })

export type QueueVerb = 'pause' | 'resume' | 'cancel'

/** Pause, resume or cancel several runs, each by itself. */
export const queueChange = (verb: QueueVerb, executionIds: string[]) =>
  call<QueueChange>(`/api/queue/${verb}`, { method: 'POST', body: { executionIds } })

/** Put waiting runs behind another one, or at the front. */
export const queueMove = (executionIds: string[], after: string | null) =>
  call<void>('/api/queue/move', { method: 'POST', body: { executionIds, after } })

/** Start a run with the inputs of another one; `run` must be of a workflow or of a model. */
export function runAgain(run: Pick<Execution, 'workflowSlug' | 'modelIds' | 'inputs'>) {
  const what =
    run.workflowSlug === null
      ? `models/${encodeURIComponent(run.modelIds.join())}`
      : `workflows/${encodeURIComponent(run.workflowSlug)}`
  const body = { inputs: run.inputs }
  return call<Accepted>(`/api/${what}/run?async=true`, { method: 'POST', body })
}
