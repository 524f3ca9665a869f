/** How autosave reaches the server. */

import { request } from '../api/client'
import type { Change, WorkflowDocument } from '../api/document'
import type { Workflow } from '../api/schema'
import { ApiError, errorMessage } from '../lib/errors'
import type { Answer, ChangeRequest, Transport } from './sync'

/** The way to the server for the edits of one workflow. */
export function changesTransport(slug: string): Transport {
  const url = `/api/workflows/${encodeURIComponent(slug)}`
  return {
    send: (body, leaving) => send(`${url}/changes`, body, leaving),
    async load(known) {
      const headers: Record<string, string> =
        known === undefined ? {} : { 'If-None-Match': `"v${known}"` }
      const answer = await request<Workflow | null>(url, { headers })
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
    return { kind: 'rejected', message: errorMessage(error), index }
  }
}
