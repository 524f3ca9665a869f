/** The shape of one row of `GET /api/workflows`, as far as the library reads it. Owns no logic. */

export type RunStatus = 'processing' | 'completed' | 'failed' | 'cancelled'

export interface LastRun {
  executionId: string
  status: RunStatus
  ms: number | null
  finishedAt: string | null
  failedNode: string | null
}

export interface WorkflowSummary {
  slug: string
  name: string
  description: string
  tags: string[]
  isTemplate: boolean
  hidden: boolean
  archived: boolean
  cover: { image?: string } | null
  thumbnail: string | null
  createdBy: string
  updatedAt: string
  version: number
  nodeCount: number
  lastRun: LastRun | null
}

/** Who is signed in, as `GET /api/whoami` tells it. */
export interface Account {
  userId: string
}
