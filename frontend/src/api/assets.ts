/** The calls about an account's files and collections. */
import { call } from './client'
import type {
  AssetChoices,
  AssetDetails,
  AssetPage,
  AssetSummary,
  AssetUse,
  Collection,
  MediaReference,
} from './schema'

/** Files that one request can change or delete. */
export const MOST_IDS = 1000
/** Files that a URL can name. */
export const MOST_QUERY_IDS = 200

export const assetsGet = (query: string, signal?: AbortSignal) =>
  call<AssetPage>(`/api/assets${query}`, { signal })

export const assetChoicesGet = (signal?: AbortSignal) =>
  call<AssetChoices>('/api/assets/choices', { signal })

export const assetGet = (id: string, signal?: AbortSignal) =>
  call<AssetDetails>(`/api/assets/${id}`, { signal })

export const assetChange = (id: string, body: { starred?: boolean; name?: string }) =>
  call<AssetDetails>(`/api/assets/${id}`, { method: 'PATCH', body })

/** What is changed of many files: their stars, or a collection by its id. */
export interface ManyChange {
  starred?: boolean
  addTo?: string
  removeFrom?: string
}

/** Change many files, as many at a time as one request takes. */
export async function assetsChange(ids: readonly string[], change: ManyChange): Promise<void> {
  for (const some of portions(ids)) {
    await call('/api/assets', { method: 'PATCH', body: { ids: some, ...change } })
  }
}

export async function assetsDelete(ids: readonly string[]): Promise<void> {
  for (const some of portions(ids)) {
    await call('/api/assets/delete', { method: 'POST', body: { ids: some } })
  }
}

/** What uses files; of very many, the first thousand. */
export const assetsUse = (ids: readonly string[], signal?: AbortSignal) =>
  call<AssetUse>('/api/assets/use', {
    method: 'POST',
    body: { ids: ids.slice(0, MOST_IDS) },
    signal,
  })

export const collectionsGet = (signal?: AbortSignal) =>
  call<Collection[]>('/api/collections', { signal })

export const collectionCreate = (name: string) =>
  call<Collection>('/api/collections', { method: 'POST', body: { name } })

export const collectionRename = (id: string, name: string) =>
  call<Collection>(`/api/collections/${id}`, { method: 'PUT', body: { name } })

export const collectionDelete = (id: string) =>
  call<unknown>(`/api/collections/${id}`, { method: 'DELETE' })

/** A file of the list as documents refer to it. */
export function referenceOf(asset: AssetSummary): MediaReference {
  const { id, url, contentType, name, size, width, height, duration } = asset
  return {
    asset: id,
    url,
    content_type: contentType,
    name,
    size,
    ...(width !== null && height !== null && { width, height }),
    ...(duration !== null && { duration }),
  }
}

function* portions(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += MOST_IDS) yield ids.slice(at, at + MOST_IDS)
}
