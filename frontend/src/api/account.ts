/** The calls about one's own account: who one is, providers' secrets, what was spent. */
import { call } from './client'

export interface AccountWire {
  userId: string
  username: string
  email: string
  firstName: string
  lastName: string
  tier: string
  isStaff?: boolean
  hasPassword?: boolean
  credits: { balance: number; monthly: number | null; unlimited: boolean }
  limits: {
    maxWorkflows: number | null
    /** 0: this person registers no runners. */
    maxRunners: number | null
    workflows: number
    ratePerMinute: number | null
    storageBytes: number | null
    storageUsed: number
  }
}

export const accountGet = () => call<AccountWire>('/api/account')
export const accountSave = (body: { firstName: string; lastName: string; email: string }) =>
  call<AccountWire>('/api/account', { method: 'PUT', body })
export const passwordChange = (body: { current?: string; new: string }) =>
  call<unknown>('/api/account/password', { method: 'POST', body })

export interface InvitationWire {
  url: string
  expiresAt: string
}

/** Make a one-time link with which somebody makes their account. Staff only. */
export const invitationCreate = (body: { email: string; tier: string }) =>
  call<InvitationWire>('/api/invitations', { method: 'POST', body })

export interface CredentialWire {
  id: string
  name: string
  provider: string
  allowedOrigins: string[]
  last4: string
  createdAt: string
  lastUsedAt: string | null
  /** Workflows that choose it, or that it is bound to. */
  workflows: { slug: string; name: string }[]
}

export interface CredentialWish {
  name: string
  provider: string
  allowedOrigins: string[]
  secret: string
}

export const credentialList = () => call<CredentialWire[]>('/api/credentials')
export const credentialCreate = (body: CredentialWish) =>
  call<CredentialWire>('/api/credentials', { method: 'POST', body })
export const credentialDelete = (id: string) =>
  call<unknown>(`/api/credentials/${encodeURIComponent(id)}`, { method: 'DELETE' })

/** Where a node wants a key, and the user's own choice for it. */
export interface CredentialSlot {
  slot: string
  nodeId: string
  /** The title of the node. */
  node: string
  field: string
  /** The workflow inside that holds the node; empty for the one that was asked for. */
  app: string
  provider: string
  /** Where the key would go; empty where that is known in a run only. */
  origin: string
  wanted: boolean
  /** Chosen here, and not in the user's own document. */
  editable: boolean
  credential: { id: string; name: string; last4: string } | null
}

const slots = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}/credentials`

export const slotList = (slug: string) => call<CredentialSlot[]>(slots(slug))
/** Bind a credential to a slot of somebody else's workflow; null takes it back. */
export const slotBind = (slug: string, slot: string, credential: string | null) =>
  call<CredentialSlot[]>(slots(slug), { method: 'PUT', body: { slot, credential } })

export interface UsageDay {
  /** `2026-01-31`, a day of UTC. */
  day: string
  amount: number
  runs: number
}

export interface UsageEntry {
  at: string
  kind?: string
  amount: number
  balanceAfter: number
  executionId: string | null
  workflowSlug: string | null
  nodeId: string | null
}

export interface UsageWire {
  entries: UsageEntry[]
  byDay: UsageDay[]
}

export const usageGet = (days: number) => call<UsageWire>(`/api/account/usage?days=${days}`)
