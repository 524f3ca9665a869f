/**
 * The entries of an app's input and of a result object: what the app is known to take, and what is
 * given, one row each. No React.
 */

import type { NodeType } from '../../api/catalog'
import type { DocumentNode, Json, JsonObject } from '../../api/document'
import type { App, RequestField } from '../../api/schema'
import { sources } from '../../catalog/ports'
import { parse, type Reference, sourcesIn } from './references'

/** Handles of entries, which become references when a connection is drawn to them. */
const ENTRY = '='
/** The handle that makes a new entry. */
export const NEW_ENTRY = ENTRY

export const entryHandle = (name: string) => `${ENTRY}${name}`

/** The entry that a handle means; '' for a new one, null when it is an ordinary port. */
export function entryOf(handle: unknown): string | null {
  if (typeof handle !== 'string' || !handle.startsWith(ENTRY)) return null
  return handle.slice(ENTRY.length).replace(/-in$/, '')
}

export interface Entry {
  field: RequestField
  value: Json | undefined
  /** The sources that its references start from. */
  sources: string[]
  /** The references it consists of: one, or a list of nothing else; [] when it is a plain value. */
  references: Reference[]
}

/** The key in a node's data that holds its entries; null for nodes without. */
export function entriesKey(type: NodeType | undefined): string | null {
  if (type?.dynamic !== 'sources') return null
  return type.inputs.find(input => input.widget === 'json' && !input.port)?.name ?? null
}

/** The entries as they are in the document; null when something else than an object is there. */
export function recordOf(node: DocumentNode, key: string): JsonObject | null {
  const value = node.data[key]
  if (value === undefined || value === null) return {}
  return typeof value === 'object' && !Array.isArray(value) ? value : null
}

/** List the entries of a node: the fields its app declares, then whatever else is given. */
export function entriesOf(node: DocumentNode, key: string, app?: App | null): Entry[] {
  const record = recordOf(node, key) ?? {}
  const declared = app?.fields ?? []
  const names = new Set(declared.map(field => field.name))
  const others = Object.keys(record).filter(name => !names.has(name))
  const known = sources(node.data)
  return [...declared, ...others.map(name => undeclared(name, record[name]))].map(field => {
    const value = record[field.name]
    return {
      field,
      value,
      sources: sourcesIn(value, known),
      references: referencesOf(value, known),
    }
  })
}

/** Split entries into those a card shows and the number of those it leaves to the inspector. */
export function shownEntries(entries: readonly Entry[], room: number): [Entry[], number] {
  const needed = entries.filter(({ value, field }) => value !== undefined || field.required)
  const common = entries.filter(
    entry => !needed.includes(entry) && !(entry.field as { advanced?: boolean }).advanced,
  )
  const chosen = new Set([...needed, ...common.slice(0, Math.max(0, room - needed.length))])
  const shown = entries.filter(entry => chosen.has(entry))
  return [shown, entries.length - shown.length]
}

function referencesOf(value: Json | undefined, known: readonly string[]): Reference[] {
  const one = parse(value, known)
  if (one) return [one]
  if (!Array.isArray(value) || !value.length) return []
  const all = value.map(item => parse(item, known))
  return all.every(item => item !== null) ? all : []
}

const MEDIA_NAME = /(?:^|_)(image|video|audio)_urls?$/

/** A field for a name that no schema declares, of the type that its value has. */
function undeclared(name: string, value: Json | undefined): RequestField {
  return { name, label: name, type: typeOf(name, value) }
}

function typeOf(name: string, value: Json | undefined): string {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'toggle'
  if (typeof value === 'string') {
    return value.length > 40 || value.includes('\n') ? 'textarea' : 'text'
  }
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return 'list'
  if (value === null || value === undefined) return MEDIA_NAME.exec(name)?.[1] ?? 'text'
  return 'asset' in value ? (MEDIA_NAME.exec(name)?.[1] ?? 'file') : 'json'
}

/**
 * Guess where in an app's response a value for a field is: the first output of its type, in fal's
 * shapes (a file is an object with a `url`). '' when nothing suits.
 */
export function pathFor(field: RequestField | undefined, app: App | null | undefined): string {
  const wanted = field?.type ?? 'any'
  const media = wanted === 'image' || wanted === 'video' || wanted === 'audio'
  const outputs = app?.outputs ?? []
  const [first] = outputs
  if (!first)
    return media ? { image: 'images.0.url', video: 'video.url', audio: 'audio.url' }[wanted] : ''
  const exact = outputs.find(output => output.type === wanted)
  if (media && exact) return `${exact.name}.url`
  const list = outputs.find(output => output.type === `list<${wanted}>`)
  if (media && list) return `${list.name}.0.url`
  if (wanted === 'number') return outputs.find(output => output.type === 'number')?.name ?? ''
  const text = outputs.find(output => output.type === 'text')
  if (TEXTS.has(wanted)) return text?.name ?? first.name
  return first.name
}

const TEXTS = new Set(['text', 'textarea', 'select', 'pills'])
