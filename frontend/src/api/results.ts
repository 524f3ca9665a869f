/** The calls about what a workflow has made and what a run of it would do. */
import { call } from './client'
import type { JsonObject } from './document'
import type {
  ExecutionWorkflow,
  NodeResults,
  ResultHistory,
  RunPlan,
  Variations,
  VersionAfter,
  Workflow,
} from './schema'

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

export const resultsGet = (slug: string) => call<NodeResults>(`${at(slug)}/results`)

/** Take a result of a node out of its results, or back in. */
export const resultDiscard = (slug: string, node: string, id: string, discarded: boolean) =>
  call<void>(`${at(slug)}/results/${encodeURIComponent(node)}`, {
    method: 'PATCH',
    body: { id, discarded },
  })

/** A page of a node's results over all runs, newest first. */
export const resultsOfNode = (slug: string, node: string, before?: string) =>
  call<ResultHistory>(
    `${at(slug)}/results/${encodeURIComponent(node)}${before ? `?before=${before}` : ''}`,
  )

/** What a run is of: everything, or only these nodes and what `reach` says; with `force` again. */
export interface RunOptions {
  inputs?: JsonObject
  only?: string[]
  /** What runs besides: what they need (unless given), what follows too, or nothing. */
  reach?: 'from' | 'alone'
  /** All, or these nodes. */
  force?: boolean | string[]
  /** What calls of providers may cost at most, in US dollars. */
  maxUsd?: number
  /** One node instead, once for each combination of these values. */
  variations?: Variations
  /** The draft, or what is published; the server's choice if left out. */
  version?: 'draft' | 'published' | undefined
}

/** The query that names the version of a run. */
export const versionQuery = (version: RunOptions['version'], mark: '?' | '&') =>
  version ? `${mark}version=${version}` : ''

/** Read what a run of everything, or of `only` these nodes, would do. */
export const runPlan = (slug: string, { version, ...body }: RunOptions) =>
  call<RunPlan>(`${at(slug)}/plan${versionQuery(version, '?')}`, {
    method: 'POST',
    body: { inputs: {} as JsonObject, ...body },
  })

export const runGraph = (id: string) => call<ExecutionWorkflow>(`/api/executions/${id}/workflow`)

/** Make a workflow of its own of an earlier run's graph, and return where it is edited. */
export async function graphCopy({ name, nodes, edges }: ExecutionWorkflow): Promise<string> {
  const body = { name, nodes, edges } as unknown as JsonObject
  const made = await call<Workflow>('/api/workflows', { method: 'POST', body })
  return `/app/editor/${encodeURIComponent(made.slug)}`
}

/** Make a workflow's graph that of an earlier run, as a new change. */
export const graphRestore = (slug: string, run: string) =>
  call<VersionAfter>(`${at(slug)}/restore`, { method: 'POST', body: { run } })
