/** A run's inputs and outputs in parts that can be shown: files, text, and their names. No React. */

import type { WorkflowDocument } from '../../api/document'
import type { MediaReference } from '../../api/schema'
import { asText, filesIn } from '../../runs/results'

export interface Part {
  name: string
  media: MediaReference[]
  /** What there is to read; null for files. */
  text: string | null
}

/** The parts of an object of named values; what is empty is left out. */
export function partsOf(value: unknown): Part[] {
  if (value === null || value === undefined) return []
  const named = typeof value === 'object' && !Array.isArray(value) && !('asset' in value)
  const entries: [string, unknown][] = named ? Object.entries(value) : [['', value]]
  return entries
    .filter(([, inner]) => inner !== null && inner !== undefined && inner !== '')
    .map(([name, inner]) => {
      const media = filesIn(inner)
      return { name, media, text: media.length ? null : asText(inner) }
    })
}

/** What a user reads above the field of a request input, by the field's name. */
export function labelsOf(document: WorkflowDocument | undefined): Map<string, string> {
  const labels = new Map<string, string>()
  for (const node of document?.nodes ?? []) {
    if (node.type !== 'requestInput' || !Array.isArray(node.data.fields)) continue
    for (const field of node.data.fields) {
      if (typeof field !== 'object' || field === null || Array.isArray(field)) continue
      if (typeof field.name === 'string' && typeof field.label === 'string') {
        labels.set(field.name, field.label)
      }
    }
  }
  return labels
}

/** A name that was made for programs, as words: `aspect_ratio` becomes "Aspect ratio". */
export function readable(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
