/** The calls about models: who can run one, what a task may choose from, what is on this server. */

import { credentialCreate } from './account'
import { call } from './client'
import type { LocalModel } from './schema'

/** Whether a model can be used now, and if not, what it lacks. */
export type ModelState = 'ready' | 'needsKey' | 'needsWeights' | 'off'

/** A model that a task can use. */
export interface Model {
  /** `provider/name`: the value of a field. */
  id: string
  name: string
  provider: string
  providerName: string
  task: string
  takes: string[]
  gives: string[]
  /** In words; empty where it is not known. */
  price: string
  note: string
  state: ModelState
  /** What it lacks, as a sentence; empty for one that is ready. */
  missing: string
}

export interface ModelList {
  task: string
  models: Model[]
  /** Providers that did not list theirs, and why. */
  problems: { provider: string; message: string }[]
  /** Whether a model may be named that no list has. */
  freeText: boolean
}

/** Who runs models: a service, a server that was allowed here, or this server itself. */
export interface Provider {
  id: string
  name: string
  kind: 'cloud' | 'server' | 'local'
  origin: string
  tasks: string[]
  /** `open`: it wants no key. */
  state: 'connected' | 'needsKey' | 'open'
  credential: { id: string; name: string; last4: string; createdAt: string } | null
  /** The page where one gets a key; empty where there is none. */
  keyUrl: string
  /** How a key begins. */
  keyHint: string
}

/** What a test of a key has found. */
export interface ProviderTest {
  ok: boolean
  models: number
  /** How many models there are for a task. */
  tasks: Record<string, number>
}

export interface ModelServer {
  id: string
  name: string
  baseUrl: string
  createdAt: string
  state?: string
}

/** A server that answers on one of the usual ports and is not allowed yet. */
export interface FoundServer {
  name: string
  baseUrl: string
  models: number
}

/** List the models of a task; `refresh` asks the providers again. */
export const modelList = (task: string, refresh = false) =>
  call<ModelList>(`/api/models?task=${encodeURIComponent(task)}${refresh ? '&refresh=true' : ''}`)

export const providerList = () => call<Provider[]>('/api/providers')

/** Ask a provider what it offers with a key, or with the stored one. Throws ApiError in its words. */
export const providerTest = (id: string, secret?: string) =>
  call<ProviderTest>(`/api/providers/${encodeURIComponent(id)}/test`, {
    method: 'POST',
    body: secret === undefined ? {} : { secret },
  })

/** Keep a key for a provider; where it may be sent is known. */
export const providerConnect = (provider: Provider, secret: string) =>
  credentialCreate({ name: provider.name, provider: provider.id, secret, allowedOrigins: [] })

export const serverList = () => call<ModelServer[]>('/api/servers')

/** Allow a server. Throws ApiError (403 for who is not staff, 400 names the field). */
export const serverCreate = (body: { name: string; baseUrl: string }) =>
  call<ModelServer>('/api/servers', { method: 'POST', body })

export const serverDelete = (id: string) =>
  call<unknown>(`/api/servers/${encodeURIComponent(id)}`, { method: 'DELETE' })

/** Look for servers on the usual ports of this machine. Staff only. */
export const serverLook = () =>
  call<FoundServer[]>('/api/servers/look', { method: 'POST', body: {} })

const local = (id: string) => `/api/models/local/${encodeURIComponent(id.replace(/^local\//, ''))}`

export const localModelList = () => call<LocalModel[]>('/api/models/local')
export const localModelFetch = (id: string) =>
  call<unknown>(`${local(id)}/fetch`, { method: 'POST', body: {} })
export const localModelStop = (id: string) =>
  call<unknown>(`${local(id)}/stop`, { method: 'POST', body: {} })
export const localModelDelete = (id: string) => call<unknown>(local(id), { method: 'DELETE' })
