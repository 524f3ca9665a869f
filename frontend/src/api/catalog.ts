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
