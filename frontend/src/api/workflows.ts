/** The calls the editor makes about one workflow. */
import type { CatalogWire } from './catalog'
import { call } from './client'
import type { JsonObject } from './document'
import type { ExecutionWire, WorkflowWire } from './types'

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

/** Read a workflow. Throws ApiError (404 when there is none the person may see). */
export const workflowGet = (slug: string) => call<WorkflowWire>(at(slug))

/** Make one's own copy and answer its slug. */
export const workflowDuplicate = (slug: string) =>
  call<WorkflowWire>(`${at(slug)}/duplicate`, { method: 'POST', body: {} })

export const catalogGet = () => call<CatalogWire>('/api/nodes')

export interface RunStart {
  executionId: string
}

interface RunOptions {
  inputs?: JsonObject
  only?: string[]
  force?: boolean
}

/** Start a run of the whole workflow, or of `only` these nodes and what they need. */
export const runStart = (slug: string, body: RunOptions, key: string) =>
  call<RunStart>(`${at(slug)}/run?async=true`, {
    method: 'POST',
    body: { inputs: {}, ...body },
    headers: { 'Idempotency-Key': key },
  })

export const runGet = (id: string) => call<ExecutionWire>(`/api/executions/${id}`)

export const runCancel = (id: string) =>
  call<ExecutionWire>(`/api/executions/${id}/cancel`, { method: 'POST', body: {} })

/** The workflow's newest run from the canvas, if it has ever run there. */
export async function lastRun(slug: string): Promise<ExecutionWire | undefined> {
  const rows = await call<ExecutionWire[]>(
    `/api/executions?workflow=${encodeURIComponent(slug)}&source=canvas&limit=1`,
  )
  return rows[0]
}
