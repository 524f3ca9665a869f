/** The calls about app aliases: ids that fal's clients are written for, each run as a workflow. */

import { call } from './client'
import type { Alias, NewAlias } from './schema'

export const aliasList = () => call<Alias[]>('/api/aliases')

/** Make an alias. Throws ApiError (409 when the id has one already). */
export const aliasCreate = (body: NewAlias) => call<Alias>('/api/aliases', { method: 'POST', body })

export const aliasDelete = (id: string) =>
  call<unknown>(`/api/aliases/${encodeURIComponent(id)}`, { method: 'DELETE' })
