/** What the library asks of the server, and how its cache of the list follows. */

import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { call } from '../../api/client'
import type { WorkflowDocument } from '../../api/document'
import type { Folder, WhoAmI, WorkflowSummary } from '../../api/schema'
import { resultImage } from '../media/image'

const LIST = ['workflows'] as const
const FOLDERS = ['folders'] as const
const RUNNING_POLL_MS = 2000

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

export const editorUrl = (slug: string) => `/app/editor/${encodeURIComponent(slug)}`

/** The whole list; read again every two seconds while something in it runs. */
export const listQuery = queryOptions({
  queryKey: LIST,
  queryFn: ({ signal }) => call<WorkflowSummary[]>('/api/workflows', { signal }),
  refetchInterval: ({ state }) =>
    state.data?.some(row => row.lastRun?.status === 'processing') ? RUNNING_POLL_MS : false,
})

export const foldersQuery = queryOptions({
  queryKey: FOLDERS,
  queryFn: ({ signal }) => call<Folder[]>('/api/folders', { signal }),
})

export const accountQuery = queryOptions({
  queryKey: ['whoami'],
  queryFn: ({ signal }) => call<WhoAmI>('/api/whoami', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** The first image a completed run made; a run that has ended never changes. */
export const resultImageQuery = (run: string) =>
  queryOptions({
    queryKey: ['result image', run],
    queryFn: async ({ signal }) =>
      resultImage((await call<{ result: unknown }>(`/api/executions/${run}`, { signal })).result),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })

/** The newest run of a workflow that has completed, while a later one has not; null without one. */
export const lastGoodQuery = (slug: string, last: string) =>
  queryOptions({
    queryKey: ['last good run', slug, last],
    queryFn: async ({ signal }) => {
      const path = `/api/executions?workflow=${encodeURIComponent(slug)}&status=completed&limit=1`
      const [run] = await call<{ executionId: string }[]>(path, { signal })
      return run?.executionId ?? null
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

/** The nodes and connections of a workflow as it is in this version, to be drawn small. */
export const graphQuery = (slug: string, version: number) =>
  queryOptions({
    queryKey: ['graph', slug, version],
    queryFn: async ({ signal }) => {
      const { nodes, edges } = await call<WorkflowDocument>(at(slug), { signal })
      return { nodes, edges }
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

type Created = { slug: string }

/** Make a workflow and return its slug. `body` may hold a whole document. */
export const workflowCreate = (body: Record<string, unknown>) =>
  call<Created>('/api/workflows', { method: 'POST', body })

/** Copy a workflow or a template into a folder, or to the root, and return the copy's slug. */
export const workflowDuplicate = (slug: string, folderId: string | null = null) =>
  call<Created>(`${at(slug)}/duplicate`, { method: 'POST', body: { folderId } })

/** Delete permanently; `leaving` lets the request outlive the page. */
export const workflowDelete = (slug: string, leaving = false) =>
  call<unknown>(at(slug), { method: 'DELETE', keepalive: leaving })

/**
 * Change a few keys of a workflow, shown at once; the row goes back to what it was when the server
 * refuses. Returns what others do not see of a template. Throws ApiError.
 */
export async function workflowChange(
  client: QueryClient,
  slug: string,
  changes: Partial<Pick<WorkflowSummary, 'name' | 'archived' | 'hidden' | 'tags' | 'isTemplate'>>,
): Promise<string[]> {
  await client.cancelQueries({ queryKey: LIST })
  const before = client.getQueryData<WorkflowSummary[]>(LIST)
  client.setQueryData<WorkflowSummary[]>(LIST, rows =>
    rows?.map(row => (row.slug === slug ? { ...row, ...changes } : row)),
  )
  try {
    const { removed } = await call<{ removed?: string[] }>(at(slug), {
      method: 'PUT',
      body: changes,
    })
    return removed ?? []
  } catch (error) {
    client.setQueryData(LIST, before)
    throw error
  } finally {
    await refresh(client)
  }
}

/** Where each of some workflows belongs, by slug. */
export type Places = ReadonlyMap<string, string | null>

/**
 * Put workflows into folders, shown at once; what the server refuses to move goes back. Throws the
 * first refusal when the others have been moved.
 */
export async function workflowsMove(client: QueryClient, places: Places): Promise<void> {
  await client.cancelQueries({ queryKey: LIST })
  client.setQueryData<WorkflowSummary[]>(LIST, rows =>
    rows?.map(row => {
      const folderId = places.get(row.slug)
      return folderId === undefined ? row : { ...row, folderId }
    }),
  )
  let refusal: unknown
  for (const [slug, folderId] of places) {
    try {
      await call(`${at(slug)}/move`, { method: 'PUT', body: { folderId } })
    } catch (error) {
      refusal ??= error
    }
  }
  await refresh(client)
  if (refusal) throw refusal
}

export const folderCreate = (name: string, parentId: string | null) =>
  call<Folder>('/api/folders', { method: 'POST', body: { name, parentId } })

export const folderChange = (id: string, changes: { name?: string; parentId?: string | null }) =>
  call<Folder>(`/api/folders/${id}`, { method: 'PUT', body: changes })

/** Delete a folder; what it holds moves up, or goes too if `everything`. */
export const folderDelete = (id: string, everything: boolean) =>
  call<unknown>(`/api/folders/${id}${everything ? '?recursive=true' : ''}`, { method: 'DELETE' })

/** Ask for the workflows and the folders again. */
export async function refresh(client: QueryClient): Promise<void> {
  await Promise.all([LIST, FOLDERS].map(queryKey => client.invalidateQueries({ queryKey })))
}
