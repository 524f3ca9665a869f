/** The calls the playground makes, as a user of the site and as a visitor. */

import { call } from './client'
import type { JsonObject } from './document'
import type * as schema from './schema'
import type { Accepted, PublicExecution } from './schema'

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

/** What a workflow asks for, of its users or of everybody. */
export type Schema = schema.Schema | schema.PublicSchema

/** What a workflow asks for. Throws ApiError (404 when the user may not read it). */
export const schemaGet = (slug: string) => call<Schema>(`${at(slug)}/schema`)

/** What a workflow with a public playground asks for; needs no login. */
export const publicSchemaGet = (slug: string) => call<Schema>(`${at(slug)}/public-schema`)

/** Start a run as a visitor, at the cost of the workflow's owner; `files` by the field's name. */
export function publicRunStart(slug: string, values: JsonObject, files: Map<string, File>) {
  const form = new FormData()
  form.append('inputs', JSON.stringify(values))
  for (const [name, file] of files) form.append(name, file, file.name)
  const body = files.size ? form : { inputs: values }
  return call<Accepted>(`${at(slug)}/public-run`, { method: 'POST', body })
}

/** Ask how a visitor's run stands. */
export const publicRunGet = (pollUrl: string) => call<PublicExecution>(pollUrl)
