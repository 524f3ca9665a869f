/** The calls about a user's keys and their webhooks. */
import { call } from './client'

export interface KeyWire {
  id: string
  name: string
  /** How the key begins; enough to recognise it. */
  prefix: string
  capabilities: string[]
  createdAt: string
  lastUsedAt: string | null
  expiresAt: string | null
  webhook: { url: string } | null
}

export interface NewKeyWire extends KeyWire {
  /** The key itself; this answer is the only place where it stands. */
  key: string
}

export interface Preset {
  preset: string
  label: string
  capabilities: string[]
}

export interface Presets {
  presets: Preset[]
  /** What the person's tier can grant at most, such as `workflow:*`; empty: no keys at all. */
  ceiling: string[]
}

export interface KeyWish {
  name: string
  preset?: string
  capabilities?: string[]
  expiresInDays?: number
}

const at = (id: string) => `/api/api-keys/${encodeURIComponent(id)}`

export const keyList = () => call<KeyWire[]>('/api/api-keys')
export const keyPresets = () => call<Presets>('/api/api-keys/presets')

/** Create a key. Throws ApiError (403 when the person's tier has none). */
export const keyCreate = (body: KeyWish) =>
  call<NewKeyWire>('/api/api-keys', { method: 'POST', body })

/** Make a key worthless at once; `leaving` lets the request outlive the page. */
export const keyRevoke = (id: string, leaving = false) =>
  call<unknown>(at(id), { method: 'DELETE', keepalive: leaving })

export interface DeliveryWire {
  id?: string
  at: string
  event: string
  executionId: string | null
  status: string
  attempt: number
  error: string | null
  nextAt?: string | null
}

export interface WebhookWire {
  url: string
  /** URLs of files in reports open without a key, for a while. */
  signed: boolean
  /** Only in the answer in which it was made. */
  secret?: string
  deliveries: DeliveryWire[]
}

export const webhookGet = (key: string) => call<WebhookWire>(`${at(key)}/webhook`)
export const webhookSave = (
  key: string,
  body: { url: string; secret?: string; signed?: boolean },
) => call<WebhookWire>(`${at(key)}/webhook`, { method: 'PUT', body })
export const webhookDelete = (key: string) =>
  call<unknown>(`${at(key)}/webhook`, { method: 'DELETE' })

/** Send a test report now and answer how it went. */
export const webhookTest = (key: string) =>
  call<DeliveryWire>(`${at(key)}/webhook/test`, { method: 'POST', body: {} })

/** Send a report again, under its id and with its text. */
export const redeliver = (delivery: string) =>
  call<DeliveryWire>(`/api/webhooks/deliveries/${encodeURIComponent(delivery)}/redeliver`, {
    method: 'POST',
    body: {},
  })
