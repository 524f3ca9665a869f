/** The calls about what a workflow has made and what a run of it would do. */
import { call } from './client'
import type { JsonObject } from './document'
import type { ExecutionWorkflow, NodeResults, RunPlan } from './schema'

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

export const resultsGet = (slug: string) => call<NodeResults>(`${at(slug)}/results`)

/** What a run is of: everything, or only these nodes with what they need; with `force` again. */
export interface RunOptions {
  only?: string[]
  force?: boolean
}

/** Ask what a run of everything, or of `only` these nodes, would do. */
export const runPlan = (slug: string, body: RunOptions) =>
  call<RunPlan>(`${at(slug)}/plan`, {
    method: 'POST',
    body: { inputs: {} as JsonObject, ...body },
  })

export const runGraph = (id: string) => call<ExecutionWorkflow>(`/api/executions/${id}/workflow`)

/** Make a workflow's graph that of an earlier run. */
export const graphRestore = (slug: string, { nodes, edges }: ExecutionWorkflow) =>
  call<unknown>(at(slug), { method: 'PUT', body: { nodes, edges } })
