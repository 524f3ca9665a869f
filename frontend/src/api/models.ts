/** The calls about models: who can run one, what a task may choose from, what is on this server. */

import { credentialCreate } from './account'
import { call } from './client'
import type {
  CredentialCaps,
  FoundServer,
  LocalModel,
  ModelFields,
  ModelProvider,
  ModelServer,
  NewServer,
  ProviderTrial,
  TaskModels,
} from './schema'

/** List the models of a task; `refresh` reads them from the providers again. */
export const modelList = (task: string, refresh = false) =>
  call<TaskModels>(`/api/tasks/${encodeURIComponent(task)}/models${refresh ? '?refresh=true' : ''}`)

/** List the fields that a model has besides its task's. Throws ApiError in the provider's words. */
export const modelFields = (task: string, model: string) =>
  call<ModelFields>(
    `/api/tasks/${encodeURIComponent(task)}/fields?model=${encodeURIComponent(model)}`,
  )

export const providerList = () => call<ModelProvider[]>('/api/providers')

/** Test a provider with a key, or with the stored one. Throws ApiError in its words. */
export const providerTest = (id: string, secret?: string) =>
  call<ProviderTrial>(`/api/providers/${encodeURIComponent(id)}/test`, {
    method: 'POST',
    body: secret === undefined ? {} : { secret },
  })

/** Keep a key for a provider; where it may be sent is known. */
export const providerConnect = (
  { id, name }: ModelProvider,
  secret: string,
  caps: CredentialCaps,
) => credentialCreate({ name, provider: id, secret, allowedOrigins: [], ...caps })

export const serverList = () => call<ModelServer[]>('/api/servers')

/** Allow a server. Throws ApiError (403 for who is not staff, 400 names the field). */
export const serverCreate = (body: NewServer) =>
  call<ModelServer>('/api/servers', { method: 'POST', body })

export const serverDelete = (id: string) =>
  call<unknown>(`/api/servers/${encodeURIComponent(id)}`, { method: 'DELETE' })

/** Find servers on the usual ports of this machine. Staff only. */
export const serverFind = () =>
  call<FoundServer[]>('/api/servers/look', { method: 'POST', body: {} })

const local = (id: string) => `/api/models/local/${encodeURIComponent(id)}`

export const localModelList = () => call<LocalModel[]>('/api/models/local')
export const localModelFetch = (id: string) =>
  call<unknown>(`${local(id)}/fetch`, { method: 'POST', body: {} })
export const localModelStop = (id: string) =>
  call<unknown>(`${local(id)}/stop`, { method: 'POST', body: {} })
export const localModelDelete = (id: string) => call<unknown>(local(id), { method: 'DELETE' })
