/** How autosave reaches the server. */

import { request } from '../api/client'
import type { Change, WorkflowDocument } from '../api/document'
import type { Workflow } from '../api/schema'
import { ApiError, errorMessage } from '../lib/errors'
import type { ChangeRequest, Outcome, Transport } from './sync'

/** The way to the server for the edits of one workflow. */
export function changesTransport(slug: string): Transport {
  const url = `/api/workflows/${encodeURIComponent(slug)}`
  return {
    send: (body, leaving) => send(`${url}/changes`, body, leaving),
    async load(known) {
      const headers: Record<string, string> =
        known === undefined ? {} : { 'If-None-Match': `"v${known}"` }
      const response = await request<Workflow | null>(url, { headers })
      if (response.status === 304 || !response.data) return null
      const { version, epoch, canEdit: _, ...document } = response.data
      return { document: document as WorkflowDocument, version, epoch }
    },
    async missed(since) {
      const response = await request<{ changes: Change[] | null }>(`${url}/changes?since=${since}`)
      return response.data.changes
    },
  }
}

async function send(url: string, body: ChangeRequest, keepalive: boolean): Promise<Outcome> {
  try {
    const response = await request<{ version: number; missed: Change[] }>(url, {
      method: 'POST',
      body,
      keepalive,
    })
    return { kind: 'accepted', ...response.data }
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
    if (error.code === 'OTHER_HISTORY') return { kind: 'restored' }
    const index = typeof error.body.index === 'number' ? error.body.index : undefined
    return { kind: 'rejected', message: errorMessage(error), index }
  }
}
