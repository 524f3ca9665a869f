/** The inputs a snippet shows: a workflow's own values, and examples where it has none. No React. */

import type { Json, JsonObject, WorkflowDocument } from '../../api/document'
import { isMedia, isMediaType } from '../../api/media'
import type { RequestField } from '../../api/schema'
import { requestFields } from '../../catalog/ports'
import { FileOf, type Samples } from './literal'

/** One value per field of the workflow's request inputs, in order. */
export function samplesOf(document: WorkflowDocument): Samples {
  const samples: Samples = {}
  for (const node of document.nodes) {
    if (node.type !== 'requestInput') continue
    const saved = (node.data.values ?? {}) as JsonObject
    for (const field of requestFields(node.data)) {
      if (field.name in samples || field.hidden === true) continue
      const value = saved[field.name] ?? field.default ?? null
      const sample = value === null ? example(field) : plain(value)
      if (sample !== undefined) samples[field.name] = sample
    }
  }
  return samples
}

/** A file the server holds is named by its URL alone. */
const plain = (value: Json): Json => (isMedia(value) ? `/media/${value.asset}` : value)

const NAMES: Record<string, string> = {
  image: 'picture.png',
  mask: 'mask.png',
  video: 'video.mp4',
  audio: 'sound.mp3',
}

function example(field: RequestField): Json | FileOf | undefined {
  if (isMediaType(field.type)) {
    return field.required ? new FileOf(field.name, NAMES[field.type] ?? 'file.bin') : undefined
  }
  switch (field.type) {
    case 'number':
    case 'slider':
      return field.min ?? field.max ?? 1
    case 'toggle':
      return true
    case 'color':
      return '#ff8800'
    case 'pills':
    case 'select':
      return field.options?.[0] ?? ''
    default:
      return 'Hello'
  }
}
