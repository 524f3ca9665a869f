/** What the library asks of the server, and how its cache of the list follows. */
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { call } from '../api/client'
import { resultPicture } from './picture'
import type { Account, WorkflowSummary } from './types'

const LIST = ['workflows'] as const
const RUNNING_POLL_MS = 2000

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

export const editorAddress = (slug: string) => `/app/editor/${encodeURIComponent(slug)}`
export const exportAddress = at

/** The whole list; asked again every two seconds while something in it runs. */
export const listQuery = queryOptions({
  queryKey: LIST,
  queryFn: ({ signal }) => call<WorkflowSummary[]>('/api/workflows', { signal }),
  refetchInterval: ({ state }) =>
    state.data?.some(row => row.lastRun?.status === 'processing') ? RUNNING_POLL_MS : false,
})

export const accountQuery = queryOptions({
  queryKey: ['whoami'],
  queryFn: ({ signal }) => call<Account>('/api/whoami', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** The first picture a completed run made; a run that has ended never changes. */
export const resultPictureQuery = (run: string) =>
  queryOptions({
    queryKey: ['result picture', run],
    queryFn: async ({ signal }) =>
      resultPicture((await call<{ result: unknown }>(`/api/executions/${run}`, { signal })).result),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })

type Created = { slug: string }

/** Make a workflow and answer its slug. `body` may hold a whole document. */
export const workflowCreate = (body: Record<string, unknown>) =>
  call<Created>('/api/workflows', { method: 'POST', body })

export const workflowDuplicate = (slug: string) =>
  call<Created>(`${at(slug)}/duplicate`, { method: 'POST', body: {} })

/** Delete for good; `leaving` lets the request outlive the page. */
export const workflowDelete = (slug: string, leaving = false) =>
  call<unknown>(at(slug), { method: 'DELETE', keepalive: leaving })

/**
 * Change a few keys of a workflow, shown at once; the row goes back to what it was when the server
 * refuses. Throws ApiError then.
 */
export async function workflowChange(
  client: QueryClient,
  slug: string,
  changes: Partial<Pick<WorkflowSummary, 'name' | 'archived'>>,
): Promise<void> {
  await client.cancelQueries({ queryKey: LIST })
  const before = client.getQueryData<WorkflowSummary[]>(LIST)
  client.setQueryData<WorkflowSummary[]>(LIST, rows =>
    rows?.map(row => (row.slug === slug ? { ...row, ...changes } : row)),
  )
  try {
    await call(at(slug), { method: 'PUT', body: changes })
  } catch (error) {
    client.setQueryData(LIST, before)
    throw error
  } finally {
    await refresh(client)
  }
}

/** Ask for the list again. */
export const refresh = (client: QueryClient) => client.invalidateQueries({ queryKey: LIST })
