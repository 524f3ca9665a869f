/** Words for the node catalogue and what documents declare. Owns no logic. */
import type * as schema from './schema'
import type { Input, RequestField } from './schema'

export type PortType = string

/** A node type, as far as the pages read it. */
export type NodeType = Pick<
  schema.NodeType,
  | 'type'
  | 'name'
  | 'category'
  | 'description'
  | 'inputs'
  | 'outputs'
  | 'aliases'
  | 'version'
  | 'sink'
  | 'runs'
  | 'dynamic'
  | 'preview'
  | 'width'
>

export type Catalogue = Omit<schema.Catalogue, 'nodeTypes'> & { nodeTypes: NodeType[] }

/** How a field is edited. */
export type Widget = NonNullable<Input['widget']>

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
