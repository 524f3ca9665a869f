/** Finding what to show in a node's or a run's output. Pure. */

import { isMedia } from '../api/media'
import type { MediaReference } from '../api/schema'

export interface Shown {
  media: MediaReference[]
  /** Text to show when there are no files; null when there is nothing at all. */
  text: string | null
}

const MEDIA_SHOWN = 60

/** Pick what to show: the named port if something is in it, else the files, else the first value. */
export function resultOf(
  output: Record<string, unknown> | null | undefined,
  port?: string | null,
): Shown {
  if (!output) return { media: [], text: null }
  const named = port ? output[port] : undefined
  const wanted = Array.isArray(named) && !named.length ? undefined : named
  const values = wanted === undefined ? Object.values(output) : [wanted]
  const media: MediaReference[] = []
  collect(values, media)
  if (media.length) {
    const several = wanted === undefined || isObject(values)
    return { media: several ? distinct(media) : media, text: null }
  }
  const first = values.find(isSomething)
  return { media, text: first === undefined ? null : asText(first) }
}

/** Neither absent nor a list of nothing. */
const isSomething = (value: unknown) =>
  value !== null && value !== undefined && !(Array.isArray(value) && !value.length)

/** Several outputs, or an app's response, may name one file; a list may hold one twice on purpose. */
const isObject = (values: unknown[]) =>
  values.length === 1 && !Array.isArray(values[0]) && !isMedia(values[0])

function distinct(media: MediaReference[]): MediaReference[] {
  return [...new Map(media.map(file => [file.asset, file])).values()]
}

/** Every file in a value, however deep, in order. */
export function filesIn(value: unknown): MediaReference[] {
  const found: MediaReference[] = []
  collect(value, found)
  return found
}

function collect(value: unknown, into: MediaReference[]): void {
  if (into.length >= MEDIA_SHOWN || typeof value !== 'object' || value === null) return
  if (isMedia(value)) into.push(value)
  else for (const inner of Object.values(value)) collect(inner, into)
}

/** A value as a user reads it. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) {
    if (value.length === 1) return value.join('')
    return value.map((item, i) => `${i + 1}. ${item}`).join('\n')
  }
  if (isSingleText(value)) return asText(Object.values(value)[0])
  return JSON.stringify(value, null, 2)
}

function isSingleText(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const inner = Object.values(value)
  return inner.length === 1 && typeof inner[0] === 'string'
}
