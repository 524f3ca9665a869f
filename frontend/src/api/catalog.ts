/** The wire form of the node catalogue (`GET /api/nodes`). Owns no logic. */
import type { Json, JsonObject } from './document'

export type PortType = string

export type Widget =
  | 'text'
  | 'textarea'
  | 'number'
  | 'slider'
  | 'select'
  | 'pills'
  | 'toggle'
  | 'color'
  | 'asset'
  | 'json'
  | 'fields'
  | 'app'
  | 'list'
  | 'credential'

export interface Input {
  name: string
  type: PortType
  label: string
  required: boolean
  default: Json
  widget: Widget | null
  options: string[]
  min: number | null
  max: number | null
  step: number | null
  unit: string
  help: string
  placeholder: string
  advanced: boolean
  many: boolean
  port: boolean
  /** The provider whose newest key is used where none is chosen. */
  provider?: string
  /** Without a value, each run draws a new number instead of the default. */
  randomize?: boolean
}

export interface Output {
  name: string
  type: PortType
  label: string
}

export interface NodeType {
  type: string
  name: string
  category: string
  description: string
  inputs: Input[]
  outputs: Output[]
  aliases: string[]
  version: number
  sink: boolean
  runs: boolean
  dynamic: 'placeholders' | 'fields' | 'sources' | 'declared' | null
  preview: string | null
  width: number
}

export interface CatalogWire {
  nodeTypes: NodeType[]
  fieldTypes: Record<string, PortType>
  portTypes: PortType[]
  conversions: JsonObject
}

/** One field of a request input, as stored in `data.fields`. */
export interface RequestField {
  name: string
  label?: string
  type: string
  default?: Json
  required?: boolean
  options?: string[]
  min?: number | null
  max?: number | null
  step?: number | null
  help?: string
  unit?: string
  advanced?: boolean
  /** Of a number: without a value, each run draws a new one instead of the default. */
  randomize?: boolean
}

/** An input that a node declares in `data.inputs`, and what in its graph the value goes to. */
export interface DeclaredInput extends RequestField {
  target?: { placeholder: string } | { node: string; input: string }
  multiline?: boolean
}

/** An output that a node declares in `data.outputs`: the files of one node of its graph. */
export interface DeclaredOutput {
  name: string
  label?: string
  type: PortType
  node: string
}

/** A file the server holds, as it travels in documents and on wires. */
export interface MediaReference {
  asset: string
  url: string
  content_type: string
  size: number
  sha256: string
  width?: number | null
  height?: number | null
  /** Of videos and sounds, in seconds. */
  duration?: number | null
  name?: string
}

/** Say whether a value is a reference to a file. */
export function isMedia(value: unknown): value is MediaReference {
  return typeof value === 'object' && value !== null && 'asset' in value && 'url' in value
}

/** Where a file is fetched from: this site, whatever host the reference was written under. */
export function mediaUrl(media: MediaReference, width?: number): string {
  // A preview of a run under way is in the reference itself.
  // A file that has not been sent yet is in the browser alone.
  if (/^(?:data:image\/|blob:)/.test(media.url)) return media.url
  // A stranger reaches the files of their run by its ticket, which is in the address.
  const ticket = media.url.indexOf('/api/public-executions/')
  if (ticket >= 0) return `${media.url.slice(ticket)}${width ? `&w=${width}` : ''}`
  return `/media/${media.asset}${width ? `?w=${width}` : ''}`
}
