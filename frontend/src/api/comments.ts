/** The calls about comments on a workflow. */
import { call } from './client'
import type { Anchor, Comments, PinPlace, UnreadComments } from './schema'

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}/comments`

/** Where the user has unread comments. */
export const unreadGet = (signal?: AbortSignal) =>
  call<UnreadComments[]>('/api/comments', { signal })

/** Read what has changed since `seq`; 0 reads everything. */
export const commentsGet = (slug: string, since: number) =>
  call<Comments>(`${at(slug)}?since=${since}`)

export const threadCreate = (slug: string, anchor: Anchor, text: string) =>
  call<Comments>(at(slug), { method: 'POST', body: { anchor, text } })

export const threadReply = (slug: string, thread: string, text: string) =>
  call<Comments>(`${at(slug)}/${thread}`, { method: 'POST', body: { text } })

export const threadResolve = (slug: string, thread: string, resolved: boolean) =>
  call<Comments>(`${at(slug)}/${thread}`, { method: 'PATCH', body: { resolved } })

/** Pin a thread elsewhere. */
export const threadMove = (slug: string, thread: string, place: PinPlace) =>
  call<Comments>(`${at(slug)}/${thread}`, { method: 'PATCH', body: { place } })

export const commentEdit = (slug: string, thread: string, number: number, text: string) =>
  call<Comments>(`${at(slug)}/${thread}/${number}`, { method: 'PATCH', body: { text } })

/** Delete a comment; the last one takes its thread along. */
export const commentDelete = (slug: string, thread: string, number: number) =>
  call<Comments>(`${at(slug)}/${thread}/${number}`, { method: 'DELETE' })

/** Note that threads were read. */
export const threadsSeen = (slug: string, threads: readonly string[]) =>
  call<unknown>(`${at(slug)}/seen`, { method: 'POST', body: { threads } })
