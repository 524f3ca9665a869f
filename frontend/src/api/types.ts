/** Shapes of what the API answers, as far as the pages read them. */
import type { WorkflowDocument } from './document'
import type { MediaReference } from './media'
import type { RunEvent } from './runEvents'

export type { RunEvent }

export interface WorkflowWire extends WorkflowDocument {
  slug: string
  name: string
  description: string
  version: number
  canEdit: boolean
  /** The id by which steps and clients of fal call it. */
  appId: string
}

export interface ExecutionWire {
  executionId: string
  workflowSlug: string | null
  status: 'processing' | 'completed' | 'failed' | 'cancelled'
  state: string
  result: unknown
  error: unknown
  progress: number
  createdAt: string
  startedAt: string | null
  completedAt: string | null
  lastSeq?: number
}

export interface Problem {
  code: string
  message: string
  node?: string | null
  nodeId?: string | null
  node_id?: string | null
  field?: string | null
  value?: unknown
  expected?: string | null
}

export interface UploadWire extends MediaReference {
  id: string
  contentType: string
  kind: string
}
