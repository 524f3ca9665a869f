/** The calls the pages about runs make. */
import { call } from './client'
import type { JsonObject } from './document'
import type { Drawn } from './runEvents'
import type { ExecutionWire } from './types'

/** Why a run failed. */
export interface RunError {
  message?: string
  nodeId?: string | null
  nodeName?: string | null
  code?: string
}

/** A run as lists show it. */
export interface RunRow extends ExecutionWire {
  name: string
  modelIds: string[]
  source: string
  error: RunError | null
  cost: number
  ms: number | null
}

export type NodeStatus =
  | 'pending'
  | 'queued'
  | 'running'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'skipped'

export interface NodeRow {
  id: string
  status: NodeStatus
  ms: number | null
  cost: number
  cached: boolean
  error: { message?: string } | null
  outputs: Record<string, unknown> | null
  /** What its author should know although it ran, as sentences. */
  warnings: string[]
}

/** A run with all that is known of it. */
export interface RunDetail extends RunRow {
  inputs: JsonObject
  /** The random numbers it has drawn. */
  randomized: Drawn
  nodes: NodeRow[]
}

/** List runs, newest first; `query` begins with a question mark or is empty. */
export const runsGet = (query: string, signal?: AbortSignal) =>
  call<RunRow[]>(`/api/executions${query}`, { signal })

export const runDetail = (id: string, signal?: AbortSignal) =>
  call<RunDetail>(`/api/executions/${id}`, { signal })

/** Continue a failed or cancelled run at its first unfinished node. */
export const runRetry = (id: string) =>
  call<RunDetail>(`/api/executions/${id}/retry`, { method: 'POST', body: {} })

/** Start a run with the inputs of another one; `run` must be of a workflow or of a model. */
export function runAgain(run: Pick<RunDetail, 'workflowSlug' | 'modelIds' | 'inputs'>) {
  const what =
    run.workflowSlug === null
      ? `models/${encodeURIComponent(run.modelIds[0])}`
      : `workflows/${encodeURIComponent(run.workflowSlug)}`
  const body = { inputs: run.inputs }
  return call<{ executionId: string }>(`/api/${what}/run?async=true`, { method: 'POST', body })
}
