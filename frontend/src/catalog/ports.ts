/** What documents declare of ports, and the names of ports; what depends on types is in `rules.ts`. */

import type { NodeType, PortType } from '../api/catalog'
import type { Json, JsonObject } from '../api/document'
import type { DeclaredInput, DeclaredOutput, Input, RequestField } from '../api/schema'

const PLACEHOLDER = /\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]{0,63})\}/g

/** A name a node may declare a port by. */
const SLUG = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Return T for `list<T>`, else the type itself. */
export function itemType(type: PortType): PortType {
  return isList(type) ? type.slice(5, -1) : type
}

export function isList(type: PortType): boolean {
  return type.startsWith('list<')
}

/** List the names in `{name}` of a template text, in order of first appearance. */
export function placeholders(text: Json | undefined): string[] {
  if (typeof text !== 'string') return []
  const names = [...text.matchAll(PLACEHOLDER)].flatMap(([, name]) => name ?? [])
  return [...new Set(names)]
}

/** List the names in data.sources: what the references of a node begin with. */
export function sources(data: JsonObject): string[] {
  const rows = Array.isArray(data.sources) ? data.sources : []
  return [...new Set(rows.filter((row): row is string => typeof row === 'string' && row !== ''))]
}

const BLANK: Omit<Input, 'name' | 'type'> = {
  label: '',
  required: false,
  default: null,
  widget: null,
  options: [],
  labels: {},
  min: null,
  max: null,
  step: null,
  unit: '',
  help: '',
  placeholder: '',
  advanced: false,
  many: false,
  port: true,
  provider: '',
  randomize: false,
  task: '',
  shown_when: {},
}

/** Make an input with every key not given at its default. */
export function input(given: Partial<Input> & { name: string; type: PortType }): Input {
  return { ...BLANK, ...given }
}

/** The rows of data.inputs that are ports: well-formed, first of their name, no built-in input. */
export function declaredInputs(type: NodeType, data: JsonObject): DeclaredInput[] {
  return declared(data.inputs, type.inputs) as (JsonObject & DeclaredInput)[]
}

/** The rows of data.outputs that are ports. */
export function declaredOutputs(type: NodeType, data: JsonObject): DeclaredOutput[] {
  return declared(data.outputs, type.outputs) as (JsonObject & DeclaredOutput)[]
}

function declared(rows: Json | undefined, builtIn: readonly { name: string }[]): JsonObject[] {
  const taken = new Set(builtIn.map(port => port.name))
  return requestFields({ fields: rows ?? null }).filter(row => {
    if (!SLUG.test(row.name) || taken.has(row.name)) return false
    taken.add(row.name)
    return true
  }) as unknown as JsonObject[]
}

/** Return whether a declared field draws a new number for each run where it has no value. */
export function isRandom(row: RequestField): boolean {
  return row.type === 'number' && row.randomize === true
}

// What is malformed in a declaration counts as not given, as on the server.
export const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

/** A number that a float holds; one that came exactly is rounded. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'bigint' ? Number(value) : value
  return typeof number === 'number' && Math.abs(number) < 1.7e308 ? number : null
}

/** The values of a list of choices, some of them as `{value, label}`. */
export function optionsOf(value: unknown): string[] {
  const rows: unknown[] = Array.isArray(value) ? value : []
  return rows
    .map(row => (typeof row === 'object' && row !== null && 'value' in row ? row.value : row))
    .filter(row => ['string', 'number', 'bigint'].includes(typeof row))
    .map(String)
}

/** List the well-formed fields of a request input. */
export function requestFields(data: JsonObject): RequestField[] {
  const rows = Array.isArray(data.fields) ? data.fields : []
  return rows.filter(
    (row): row is JsonObject & RequestField =>
      typeof row === 'object' &&
      row !== null &&
      !Array.isArray(row) &&
      typeof row.name === 'string' &&
      row.name !== '',
  )
}

/** Find the port a handle means: its exact name, or the name before `-in` / `-out`. */
export function portName(
  handle: unknown,
  side: 'in' | 'out',
  names: readonly string[],
): string | null {
  if (typeof handle !== 'string') {
    const [only = null, ...others] = names
    return handle == null && !others.length ? only : null
  }
  if (names.includes(handle)) return handle
  const bare = handle.endsWith(`-${side}`) ? handle.slice(0, -side.length - 1) : handle
  return names.includes(bare) ? bare : null
}

export function handleId(port: string, side: 'in' | 'out'): string {
  return `${port}-${side}`
}
