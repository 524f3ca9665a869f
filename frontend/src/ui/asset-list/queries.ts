/** What the list of files asks of the server, and changing files with the list following. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
} from '@tanstack/react-query'
import {
  assetChoicesGet,
  assetGet,
  assetsChange,
  assetsDelete,
  assetsGet,
  assetsUse,
  collectionsGet,
  type ManyChange,
} from '../../api/assets'
import type { AssetPage, AssetSummary } from '../../api/schema'
import { type Filters, PAGE, requestQuery } from './filters'

const LIST = ['assets', 'list'] as const
const DETAILS = ['assets', 'details'] as const

export const assetsQuery = (filters: Filters) =>
  infiniteQueryOptions({
    queryKey: [...LIST, filters],
    queryFn: ({ pageParam, signal }) => {
      const query = requestQuery(filters)
      query.set('limit', String(PAGE))
      if (pageParam) query.set('cursor', pageParam)
      return assetsGet(`?${query}`, signal)
    },
    initialPageParam: '',
    getNextPageParam: page => page.next ?? undefined,
    placeholderData: before => before,
  })

export const choicesQuery = queryOptions({
  queryKey: ['assets', 'choices'],
  queryFn: ({ signal }) => assetChoicesGet(signal),
})

export const collectionsQuery = queryOptions({
  queryKey: ['assets', 'collections'],
  queryFn: ({ signal }) => collectionsGet(signal),
})

export const detailsQuery = (id: string) =>
  queryOptions({ queryKey: [...DETAILS, id], queryFn: ({ signal }) => assetGet(id, signal) })

export const useQueryOf = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ['assets', 'use', ids],
    queryFn: ({ signal }) => assetsUse(ids, signal),
    gcTime: 0,
    staleTime: 0,
  })

/** Ids that one request for a list brings at most. */
const MOST_OF_A_PAGE = 500

/** Every id that the filters let through. */
export async function idsOf(filters: Filters): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const query = requestQuery(filters)
    query.set('limit', String(MOST_OF_A_PAGE))
    if (cursor) query.set('cursor', cursor)
    const page: AssetPage = await assetsGet(`?${query}`)
    ids.push(...page.assets.map(asset => asset.id))
    cursor = page.next
  } while (cursor)
  return ids
}

type Pages = InfiniteData<AssetPage, string>

/** Show another state of files at once in every list that has them. */
function patch(client: QueryClient, ids: ReadonlySet<string>, change: Partial<AssetSummary>): void {
  client.setQueriesData<Pages>(
    { queryKey: LIST },
    data =>
      data && {
        ...data,
        pages: data.pages.map(page => ({
          ...page,
          assets: page.assets.map(asset => (ids.has(asset.id) ? { ...asset, ...change } : asset)),
        })),
      },
  )
}

/** Ask again for everything about files. */
export const refresh = (client: QueryClient) => client.invalidateQueries({ queryKey: ['assets'] })

/** Change files, with stars shown at once. Throws ApiError. */
export async function changeMany(
  client: QueryClient,
  ids: readonly string[],
  change: ManyChange,
): Promise<void> {
  if (change.starred !== undefined) patch(client, new Set(ids), { starred: change.starred })
  try {
    await assetsChange(ids, change)
  } finally {
    await refresh(client)
  }
}

/** Delete files. Throws ApiError. */
export async function deleteMany(client: QueryClient, ids: readonly string[]): Promise<void> {
  try {
    await assetsDelete(ids)
  } finally {
    await refresh(client)
  }
}
