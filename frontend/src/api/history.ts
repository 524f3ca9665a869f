/** The calls about the history of a workflow and its versions. */
import { call } from './client'
import type {
  Comparison,
  History,
  KeptVersion,
  NewerTemplate,
  NewVersion,
  Restore,
  TakenTemplate,
  VersionAfter,
  Versions,
  Workflow,
} from './schema'

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

/** Read a page of the history; `before` is the `next` of the page before. */
export const historyGet = (slug: string, before: number | null, signal?: AbortSignal) =>
  call<History>(`${at(slug)}/history${before === null ? '' : `?before=${before}`}`, { signal })

export const versionsGet = (slug: string, signal?: AbortSignal) =>
  call<Versions>(`${at(slug)}/versions`, { signal })

/** Name a version, or publish it. */
export const versionKeep = (slug: string, body: NewVersion) =>
  call<KeptVersion>(`${at(slug)}/versions`, { method: 'POST', body: { ...body } })

/** Make an earlier published version live again; null: the draft. */
export const versionPublish = (slug: string, number: number | null) =>
  call<Versions>(`${at(slug)}/published`, { method: 'PUT', body: { number } })

export const versionsCompare = (slug: string, from: number, to: number, signal?: AbortSignal) =>
  call<Comparison>(`${at(slug)}/compare?from=${from}&to=${to}`, { signal })

/** Make a workflow, or nodes or fields of it, what it was at a version, as a new change. */
export const versionRestore = (slug: string, body: Restore) =>
  call<VersionAfter>(`${at(slug)}/restore`, { method: 'POST', body: { ...body } })

/** Copy a workflow as it was at a version. */
export const versionDuplicate = (slug: string, version: number) =>
  call<Workflow>(`${at(slug)}/duplicate`, { method: 'POST', body: { version } })

/** Read the newer version of a copy's template, beside the one the copy was made from. */
export const newerTemplateGet = (slug: string, signal?: AbortSignal) =>
  call<NewerTemplate>(`${at(slug)}/template`, { signal })

/** Take the newer version of a template over as a change, or leave it. */
export const newerTemplateDecide = (slug: string, number: number, take: boolean) =>
  call<TakenTemplate>(`${at(slug)}/template`, { method: 'POST', body: { number, take } })
