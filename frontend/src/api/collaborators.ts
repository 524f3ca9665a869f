/** The calls about whom a workflow is shared with. */
import { call } from './client'
import type {
  Collaborator,
  LinkFields,
  Payment,
  PaymentTerms,
  Sharing,
  SharingLink,
} from './schema'

const of = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`
const at = (slug: string) => `${of(slug)}/collaborators`

export const collaboratorList = (slug: string) => call<Collaborator[]>(at(slug))

/** Share a workflow with a user, change the role, or end the share with null; returns who remains. */
export const workflowShare = (slug: string, body: Sharing) =>
  call<Collaborator[]>(at(slug), { method: 'POST', body })

/** Who pays for runs by others. */
export const paymentGet = (slug: string) => call<PaymentTerms>(`${of(slug)}/payment`)

export const paymentSet = (slug: string, body: Payment) =>
  call<PaymentTerms>(`${of(slug)}/payment`, { method: 'PUT', body })

/** The link by which users join. */
export const linkGet = (slug: string) => call<SharingLink>(`${of(slug)}/link`)

/** Make it, change its role, replace it with `renew`, or revoke it with null. */
export const linkSet = (slug: string, body: LinkFields) =>
  call<SharingLink>(`${of(slug)}/link`, { method: 'PUT', body })
