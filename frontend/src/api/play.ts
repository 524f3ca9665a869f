/** The calls the playground makes, as a user of the site and as a visitor. */

import { call } from './client'
import type { JsonObject } from './document'
import type * as schema from './schema'
import type { Accepted, PublicExecution } from './schema'

const at = (slug: string) => `/api/workflows/${encodeURIComponent(slug)}`

/** The inputs of a workflow, for its users or for visitors. */
export type Schema = schema.Schema | schema.PublicSchema

/**
 * The inputs of what is published of a workflow, or of its draft until something is. Throws
 * ApiError (404 when the user may not read it).
 */
export const schemaGet = (slug: string) =>
  call<schema.Schema>(`${at(slug)}/schema?version=published`)

/** The inputs of a workflow with a public playground; needs no login. */
export const publicSchemaGet = (slug: string) => call<Schema>(`${at(slug)}/public-schema`)

/** Start a run as a visitor, at the cost of the workflow's owner; `files` by the field's name. */
export function publicRunStart(slug: string, values: JsonObject, files: Map<string, File>) {
  const form = new FormData()
  form.append('inputs', JSON.stringify(values))
  for (const [name, file] of files) form.append(name, file, file.name)
  const body = files.size ? form : { inputs: values }
  return call<Accepted>(`${at(slug)}/public-run`, { method: 'POST', body })
}

/** Read the status of a visitor's run. */
export const publicRunGet = (pollUrl: string) => call<PublicExecution>(pollUrl)
