/** The calls the pages about runs make. */
import { call } from './client'
import type { Accepted, Execution, ExecutionSummary } from './schema'

/** List runs, newest first; `query` begins with a question mark or is empty. */
export const runsGet = (query: string, signal?: AbortSignal) =>
  call<ExecutionSummary[]>(`/api/executions${query}`, { signal })

export const runDetail = (id: string, signal?: AbortSignal) =>
  call<Execution>(`/api/executions/${id}`, { signal })

/** Continue a failed or cancelled run at its first unfinished node. */
export const runRetry = (id: string) =>
  call<Execution>(`/api/executions/${id}/retry`, { method: 'POST', body: {} })

/** Start a run with the inputs of another one; `run` must be of a workflow or of a model. */
export function runAgain(run: Pick<Execution, 'workflowSlug' | 'modelIds' | 'inputs'>) {
  const what =
    run.workflowSlug === null
      ? `models/${encodeURIComponent(run.modelIds.join())}`
      : `workflows/${encodeURIComponent(run.workflowSlug)}`
  const body = { inputs: run.inputs }
  return call<Accepted>(`/api/${what}/run?async=true`, { method: 'POST', body })
}
