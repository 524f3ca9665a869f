/** The calls the editor makes about one workflow. */

import type { Answer, ChangeRequest, Transport } from '../document/sync'
import type { CatalogWire } from './catalog'
import { ApiError, call, request, sentence } from './client'
import type { Change, JsonObject, WorkflowDocument } from './document'
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

/** How autosave reaches the server. */
export function changesTransport(slug: string): Transport {
  return {
    send: (body, leaving) => send(`${at(slug)}/changes`, body, leaving),
    async load(known) {
      const headers: Record<string, string> =
        known === undefined ? {} : { 'If-None-Match': `"v${known}"` }
      const answer = await request<WorkflowWire | null>(at(slug), { headers })
      if (answer.status === 304 || !answer.data) return null
      const { version, canEdit: _, ...document } = answer.data
      return { document: document as WorkflowDocument, version }
    },
  }
}

async function send(url: string, body: ChangeRequest, keepalive: boolean): Promise<Answer> {
  try {
    const answer = await request<{ version: number }>(url, { method: 'POST', body, keepalive })
    return { kind: 'accepted', version: answer.data.version }
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) {
      return { kind: 'unreachable' }
    }
    if (error.status === 409 && Array.isArray(error.body.missed)) {
      return {
        kind: 'conflict',
        version: Number(error.body.version),
        missed: error.body.missed as Change[],
      }
    }
    const index = typeof error.body.index === 'number' ? error.body.index : undefined
    return { kind: 'rejected', message: sentence(error), index }
  }
}
