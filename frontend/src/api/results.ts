/** The calls about what a workflow has made and what a run of it would do. */
import { call } from './client'
import type { DocumentEdge, DocumentNode, JsonObject } from './document'
import type { Problem } from './types'

/** The newest result of a node. */
export interface ResultWire {
  executionId: string
  outputs: Record<string, unknown>
  ms: number | null
  cached: boolean
  finishedAt: string
  outdated: boolean
}

/** What a run would do, as ids of nodes. */
export interface PlanWire {
  /** Nodes that work. */
  run: string[]
  /** Nodes whose kept result is used. */
  cached: string[]
  /** Nodes that only hand values on. */
  passed: string[]
  /** Nodes that are not connected to what the run is for. */
  skipped: string[]
  problems: Problem[]
  /** Nodes whose newest result is that of the workflow as it is. */
  upToDate: string[]
}

/** The graph of a run as it was. */
export interface RunGraphWire {
  executionId: string
  workflowSlug: string
  name: string
  createdAt: string
  nodes: DocumentNode[]
  edges: DocumentEdge[]
}

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

export const resultsGet = (slug: string) =>
  call<{ version: number; nodes: Record<string, ResultWire> }>(`${at(slug)}/results`)

/** Ask what a run of everything, or of `only` these nodes, would do. */
export const runPlan = (slug: string, body: { only?: string[]; force?: boolean }) =>
  call<PlanWire>(`${at(slug)}/plan`, {
    method: 'POST',
    body: { inputs: {} as JsonObject, ...body },
  })

export const runGraph = (id: string) => call<RunGraphWire>(`/api/executions/${id}/workflow`)

/** Make a workflow's graph that of an earlier run. */
export const graphRestore = (slug: string, { nodes, edges }: RunGraphWire) =>
  call<unknown>(at(slug), { method: 'PUT', body: { nodes, edges } })
