/** The calls about a user's keys and their webhooks. */

import { call } from './client'
import type { ApiKey, Delivery, KeyPresets, NewApiKey, NewKey, Webhook } from './schema'

const at = (id: string) => `/api/api-keys/${encodeURIComponent(id)}`

export const keyList = () => call<ApiKey[]>('/api/api-keys')
export const keyPresets = () => call<KeyPresets>('/api/api-keys/presets')

/** Create a key. Throws ApiError (403 when the user's tier has none). */
export const keyCreate = (body: NewKey) =>
  call<NewApiKey>('/api/api-keys', { method: 'POST', body })

/** Make a key worthless at once; `leaving` lets the request outlive the page. */
export const keyRevoke = (id: string, leaving = false) =>
  call<unknown>(at(id), { method: 'DELETE', keepalive: leaving })

export const webhookGet = (key: string) => call<Webhook>(`${at(key)}/webhook`)
export const webhookSave = (
  key: string,
  body: { url: string; secret?: string; signed?: boolean },
) => call<Webhook>(`${at(key)}/webhook`, { method: 'PUT', body })
export const webhookDelete = (key: string) =>
  call<unknown>(`${at(key)}/webhook`, { method: 'DELETE' })

/** Send a test report now and return the outcome. */
export const webhookTest = (key: string) =>
  call<Delivery>(`${at(key)}/webhook/test`, { method: 'POST', body: {} })

/** Send a report again, under its id and with its text. */
export const redeliver = (delivery: string) =>
  call<Delivery>(`/api/webhooks/deliveries/${encodeURIComponent(delivery)}/redeliver`, {
    method: 'POST',
    body: {},
  })
