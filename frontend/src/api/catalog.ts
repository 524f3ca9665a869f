/** Words for the node catalogue. Owns no logic. */
import type * as schema from './schema'
import type { Input } from './schema'

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
  | 'deterministic'
  | 'width'
>

export type Catalogue = Omit<schema.Catalogue, 'nodeTypes'> & { nodeTypes: NodeType[] }

/** How a field is edited. */
export type Widget = NonNullable<Input['widget']>
