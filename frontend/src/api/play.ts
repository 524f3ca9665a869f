/** The calls the playground makes, as a person of the site and as a stranger. */
import type { RequestField } from './catalog'
import { call } from './client'
import type { JsonObject } from './document'

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

export interface Cover {
  image: string
  video: string | null
}

/** What `/schema` and `/public-schema` answer. */
export interface Schema {
  name: string
  description: string
  /** An example result that everybody may see, by its addresses. */
  cover: Cover | null
  fields: RequestField[]
  values: JsonObject
  /** Credits of one run; null when it costs nothing, absent for strangers. */
  estimatedCreditCost?: number | null
}

/** What a workflow asks for. Throws ApiError (404 when the person may not read it). */
export const schemaGet = (slug: string) => call<Schema>(`${at(slug)}/schema`)

/** What a workflow with a public playground asks for; needs no login. */
export const publicSchemaGet = (slug: string) => call<Schema>(`${at(slug)}/public-schema`)

export interface PublicRun {
  executionId: string
  pollUrl: string
}

/** Start a run as a visitor, at the cost of the workflow's owner; `files` by the field's name. */
export function publicRunStart(slug: string, values: JsonObject, files: Map<string, File>) {
  const form = new FormData()
  form.append('inputs', JSON.stringify(values))
  for (const [name, file] of files) form.append(name, file, file.name)
  const body = files.size ? form : { inputs: values }
  return call<PublicRun>(`${at(slug)}/public-run`, { method: 'POST', body })
}

export interface PublicExecution {
  executionId: string
  status: 'processing' | 'completed' | 'failed' | 'cancelled'
  result: unknown
  error: { message?: string } | null
  ms: number | null
  progress?: number
}

/** Ask how a stranger's run stands. */
export const publicRunGet = (pollUrl: string) => call<PublicExecution>(pollUrl)
