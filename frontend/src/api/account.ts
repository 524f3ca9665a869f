/** The calls about one's own account: who one is, providers' secrets, what was spent. */

import { call } from './client'
import type {
  Account,
  Credential,
  CredentialCaps,
  CredentialSlot,
  Invitation,
  NewCredential,
  Usage,
} from './schema'

export const accountGet = () => call<Account>('/api/account')
export const accountSave = (body: { firstName: string; lastName: string; email: string }) =>
  call<Account>('/api/account', { method: 'PUT', body })
export const passwordChange = (body: { current?: string; new: string }) =>
  call<unknown>('/api/account/password', { method: 'POST', body })

/** Make a one-time link with which a new user makes an account. Staff only. */
export const invitationCreate = (body: { email: string; tier: string }) =>
  call<Invitation>('/api/invitations', { method: 'POST', body })

export const credentialList = () => call<Credential[]>('/api/credentials')
export const credentialCreate = (body: NewCredential) =>
  call<Credential>('/api/credentials', { method: 'POST', body })
/** Change what a key may spend, in US dollars; null: no cap. */
export const credentialSave = (id: string, body: CredentialCaps) =>
  call<Credential>(`/api/credentials/${encodeURIComponent(id)}`, { method: 'PUT', body })
export const credentialDelete = (id: string) =>
  call<unknown>(`/api/credentials/${encodeURIComponent(id)}`, { method: 'DELETE' })

const slots = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}/credentials`

export const slotList = (slug: string) => call<CredentialSlot[]>(slots(slug))
/** Bind a credential to a slot of another user's workflow; null takes it back. */
export const slotBind = (slug: string, slot: string, credential: string | null) =>
  call<CredentialSlot[]>(slots(slug), { method: 'PUT', body: { slot, credential } })

export const usageGet = (days: number) => call<Usage>(`/api/account/usage?days=${days}`)
