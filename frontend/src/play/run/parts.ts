/** A run's result taken apart into what is shown one below the other. No React. */
import type { MediaReference } from '../../api/schema'
import { asText, filesIn } from '../../runs/results'

export type Part =
  | { kind: 'file'; media: MediaReference; label: string }
  | { kind: 'text'; text: string; label: string }

/** Keys that say no more than the thing itself does. */
const PLAIN = new Set(['images', 'videos', 'audios', 'files', 'text', 'texts', 'value', 'result'])

/** Files and texts of a result, in order; what an author named carries that name. */
export function partsOf(result: unknown): Part[] {
  if (result === null || result === undefined) return []
  if (typeof result !== 'object' || Array.isArray(result)) return partsUnder('', result)
  return Object.entries(result).flatMap(([key, value]) =>
    partsUnder(PLAIN.has(key) ? '' : key, value),
  )
}

function partsUnder(label: string, value: unknown): Part[] {
  if (value === null || value === undefined || value === '') return []
  const files = filesIn(value)
  if (files.length) return files.map(media => ({ kind: 'file', media, label }))
  return [{ kind: 'text', text: asText(value), label }]
}

/** The name a downloaded file gets. */
export function fileName(media: MediaReference, slug: string, index: number): string {
  if (media.name) return media.name
  const ending = ENDINGS[media.content_type] ?? media.content_type.split('/')[1] ?? 'bin'
  return `${slug}${index ? `-${index + 1}` : ''}.${ending}`
}

const ENDINGS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
  'audio/mpeg': 'mp3',
  'text/plain': 'txt',
}
