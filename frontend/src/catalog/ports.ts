/**
 * Which value fits where and what ports a node has. The same rules as the server's
 * `workflows/graph/ports.py`, which decides; this copy answers while a wire is being drawn.
 */

import type { DeclaredInput, DeclaredOutput, NodeType, PortType, Widget } from '../api/catalog'
import type { Json, JsonObject } from '../api/document'
import type { Input, Output, RequestField } from '../api/schema'

const AUTOMATIC = new Set([
  'number>text',
  'boolean>text',
  'color>text',
  'image>file',
  'video>file',
  'audio>file',
  'table>file',
  'json>file',
  'mask>image',
  'table>json',
  'json>table',
])
const PARSED = new Set(['number', 'boolean', 'json', 'color'])
const PLACEHOLDER = /\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]{0,63})\}/g

/** Field types of a request input and the port type of the socket each gets. */
export const FIELD_TYPES: Readonly<Record<string, PortType>> = {
  text: 'text',
  textarea: 'text',
  number: 'number',
  slider: 'number',
  pills: 'text',
  select: 'text',
  toggle: 'boolean',
  color: 'color',
  image: 'image',
  video: 'video',
  audio: 'audio',
  file: 'file',
}
export const MEDIA: ReadonlySet<PortType> = new Set(['image', 'mask', 'video', 'audio', 'file'])

/** Every port type; `list<T>` of each also is one. */
const TYPES = new Set<PortType>([
  'text',
  'number',
  'boolean',
  'color',
  'image',
  'mask',
  'video',
  'audio',
  'json',
  'table',
  'file',
  'any',
])
/** A name a node may declare a port by. */
const SLUG = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Return T for `list<T>`, else the type itself. */
export function itemType(type: PortType): PortType {
  return isList(type) ? type.slice(5, -1) : type
}

function isType(type: unknown): boolean {
  return typeof type === 'string' && TYPES.has(itemType(type))
}

export function isList(type: PortType): boolean {
  return type.startsWith('list<')
}

/**
 * Say how a value of one type reaches a port of another, or null when it cannot: `same`, `any`,
 * `automatic`, `parsed`, with `each:` in front when a list makes the node run once per item.
 */
export function fits(source: PortType, target: PortType): string | null {
  if (isList(source) && !isList(target) && target !== 'any' && target !== 'json') {
    const inner = fits(itemType(source), target)
    return inner ? `each:${inner}` : null
  }
  const from = itemType(source)
  const to = itemType(target)
  if (from === to) return 'same'
  if (from === 'any' || to === 'any') return 'any'
  if (AUTOMATIC.has(`${from}>${to}`)) return 'automatic'
  if (from === 'text' && PARSED.has(to)) return 'parsed'
  return null
}

/** List the names in `{name}` of a template text, in order of first appearance. */
export function placeholders(text: Json | undefined): string[] {
  if (typeof text !== 'string') return []
  const names = [...text.matchAll(PLACEHOLDER)].map(match => match[1]).filter(Boolean)
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
}

/** Make an input with every key not given at its default. */
export function input(given: Partial<Input> & { name: string; type: PortType }): Input {
  return { ...BLANK, ...given }
}

/** List a node's inputs: the declared ones and those that follow from its data. */
export function inputsOf(type: NodeType, data: JsonObject): Input[] {
  if (type.dynamic === 'sources') {
    const names = sources(data).map(name =>
      input({ name: `$${name}`, type: 'any', label: `$${name}` }),
    )
    return names.length ? [...type.inputs, ...names] : type.inputs
  }
  if (type.dynamic === 'declared') {
    const found = declaredInputs(type, data).map(declaredPort)
    return found.length ? [...type.inputs, ...found] : type.inputs
  }
  if (type.dynamic !== 'placeholders') return type.inputs
  const declared = new Set(type.inputs.map(port => port.name))
  const found = placeholders(data.text)
    .filter(name => !declared.has(name))
    .map(name => input({ name, type: 'text', label: name, required: true }))
  return found.length ? [...type.inputs, ...found] : type.inputs
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

function declaredPort(row: DeclaredInput): Input {
  const type = fieldType(row)
  const [low, high] = row.type === 'slider' ? [0, 100] : [null, null]
  return input({
    name: row.name,
    type,
    label: textOf(row.label) || row.name,
    required: row.required === true,
    default: row.default ?? null,
    widget: widgetOf(row, type),
    options: type === 'text' ? optionsOf(row.options) : [],
    min: type === 'number' ? (numberOf(row.min) ?? low) : null,
    max: type === 'number' ? (numberOf(row.max) ?? high) : null,
    step: numberOf(row.step),
    help: textOf(row.help),
    randomize: isRandom(row),
  })
}

/** The port type of a declared field; one of an unknown type takes anything. */
function fieldType(row: RequestField): PortType {
  const name = String(row.type)
  return Object.hasOwn(FIELD_TYPES, name) ? FIELD_TYPES[name] : 'any'
}

/** Say whether a declared field draws a new number for each run where it has no value. */
export function isRandom(row: RequestField): boolean {
  return row.type === 'number' && row.randomize === true
}

function widgetOf(row: DeclaredInput, type: PortType): Widget {
  if (type === 'any') return 'text'
  if (MEDIA.has(type)) return 'asset'
  return row.type === 'text' && row.multiline === true ? 'textarea' : (row.type as Widget)
}

// What is malformed in a declaration counts as not given, as on the server.
const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
const numberOf = (value: unknown) =>
  typeof value === 'number' && Math.abs(value) < 1.7e308 ? value : null

/** The values of a list of choices, some of them as `{value, label}`. */
function optionsOf(value: unknown): string[] {
  const rows: unknown[] = Array.isArray(value) ? value : []
  return rows
    .map(row => (typeof row === 'object' && row !== null && 'value' in row ? row.value : row))
    .filter(row => typeof row === 'string' || typeof row === 'number')
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

/** List a node's outputs: those that follow from its data, then those of its type. */
export function outputsOf(type: NodeType, data: JsonObject): Output[] {
  if (type.dynamic === 'declared') {
    const found = declaredOutputs(type, data).map(row => ({
      name: row.name,
      type: isType(row.type) ? row.type : 'any',
      label: textOf(row.label) || row.name,
    }))
    return found.length ? [...found, ...type.outputs] : type.outputs
  }
  if (type.dynamic !== 'fields') return type.outputs
  const ports = requestFields(data).map(row => ({
    name: row.name,
    type: fieldType(row),
    label: textOf(row.label) || row.name,
  }))
  return [...ports, ...type.outputs]
}

/** Find the port a handle means: its exact name, or the name before `-in` / `-out`. */
export function portName(
  handle: unknown,
  side: 'in' | 'out',
  names: readonly string[],
): string | null {
  if (typeof handle !== 'string') return names.length === 1 && handle == null ? names[0] : null
  if (names.includes(handle)) return handle
  const bare = handle.endsWith(`-${side}`) ? handle.slice(0, -side.length - 1) : handle
  return names.includes(bare) ? bare : null
}

export function handleId(port: string, side: 'in' | 'out'): string {
  return `${port}-${side}`
}
