/** The calls the editor makes about one workflow. */

import type { Catalogue } from './catalog'
import { call } from './client'
import type { JsonObject } from './document'
import { type RunOptions, versionQuery } from './results'
import type { Accepted, Execution, ExecutionSummary, NodePreview, Workflow } from './schema'

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

/** Read a workflow. Throws ApiError (404 when there is none the user may see). */
export const workflowGet = (slug: string) => call<Workflow>(at(slug))

/** Make one's own copy and return its slug. */
export const workflowDuplicate = (slug: string) =>
  call<Workflow>(`${at(slug)}/duplicate`, { method: 'POST', body: {} })

export const catalogGet = () => call<Catalogue>('/api/nodes')

/** Show what a node makes of some fields and inputs, small and without a run. */
export const nodePreview = (node: { type: string; data: JsonObject; inputs: JsonObject }) =>
  call<NodePreview>('/api/nodes/preview', { method: 'POST', body: node })

/** Start a run of the whole workflow, or of `only` these nodes and what they need. */
export const runStart = (slug: string, { version, ...body }: RunOptions, key: string) =>
  call<Accepted>(`${at(slug)}/run?async=true${versionQuery(version, '&')}`, {
    method: 'POST',
    body: { inputs: {}, ...body },
    headers: { 'Idempotency-Key': key },
  })

export const runGet = (id: string) => call<Execution>(`/api/executions/${id}`)

export const runCancel = (id: string) =>
  call<Execution>(`/api/executions/${id}/cancel`, { method: 'POST', body: {} })

/** The workflow's newest run from the canvas, if it has ever run there. */
export async function lastRun(slug: string): Promise<ExecutionSummary | undefined> {
  const rows = await call<ExecutionSummary[]>(
    `/api/executions?workflow=${encodeURIComponent(slug)}&source=canvas&limit=1`,
  )
  return rows[0]
}
