/** A visitor's own files: they stay in the browser until a run takes them along. No React. */

import type { Json, JsonObject } from '../../api/document'
import { isMedia } from '../../api/media'
import type { MediaReference } from '../../api/schema'

/** The files of this page by the URL the browser shows them under. */
const files = new Map<string, File>()

/** Keep a file for the next run; the reference shows it on this page alone. */
export function keepFile(file: File): MediaReference {
  const url = URL.createObjectURL(file)
  files.set(url, file)
  const facts = { content_type: file.type, size: file.size, sha256: '', name: file.name }
  return { asset: url, url, ...facts }
}

const isOwn = (value: unknown): value is MediaReference =>
  isMedia(value) && value.url.startsWith('blob:')

/** The inputs of a run as values, and those that are files of the visitor. */
export function separate(inputs: JsonObject): { values: JsonObject; files: Map<string, File> } {
  const values: JsonObject = {}
  const found = new Map<string, File>()
  for (const [name, value] of Object.entries(inputs)) {
    const file = isOwn(value) ? files.get(value.url) : undefined
    if (file) found.set(name, file)
    else if (!isOwn(value)) values[name] = value
  }
  return { values, files: found }
}

/** The inputs of an earlier run without files that another page had: they are gone with it. */
export function withoutLost(inputs: JsonObject): JsonObject {
  const kept = ([, value]: [string, Json]) => !isOwn(value) || files.has(value.url)
  return Object.fromEntries(Object.entries(inputs).filter(kept))
}
