/** The calls about app aliases: ids that fal's clients are written for, each run as a workflow. */
import { call } from './client'

export interface AliasWire {
  id: string
  app: string
  /** Whether it is every account's, made by staff. */
  site: boolean
  /** Null once one may not read it any more. */
  workflow: { slug: string; name: string; owner: string } | null
  createdAt: string
}

export const aliasList = () => call<AliasWire[]>('/api/aliases')

/** Make an alias. Throws ApiError (409 when the id has one already). */
export const aliasCreate = (body: { app: string; workflow: string; site: boolean }) =>
  call<AliasWire>('/api/aliases', { method: 'POST', body })

export const aliasDelete = (id: string) =>
  call<unknown>(`/api/aliases/${encodeURIComponent(id)}`, { method: 'DELETE' })
