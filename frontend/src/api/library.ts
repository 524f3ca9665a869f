/** The shapes of workflows and folders in lists, as far as the library reads them. Owns no logic. */

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
  folderId: string | null
  publicPlayground: boolean
  updatedAt: string
  version: number
  nodeCount: number
  lastRun: LastRun | null
}

/** One folder, as `GET /api/folders` lists it. */
export interface Folder {
  id: string
  name: string
  parentId: string | null
  /** The workflows directly in it, whatever their state. */
  workflowCount: number
}

/** Who is signed in, as `GET /api/whoami` tells it. */
export interface Account {
  userId: string
}
