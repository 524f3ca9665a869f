/** The shapes of a workflow document and of the operations that change it. Owns no logic. */

export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [key: string]: Json }

export interface DocumentNode {
  id: string
  type: string
  position: { x: number; y: number }
  data: JsonObject
  width?: number
  height?: number
  [key: string]: unknown
}

export interface DocumentEdge {
  id: string
  source: string
  target: string
  sourceHandle?: string | null
  targetHandle?: string | null
  data?: JsonObject
  [key: string]: unknown
}

/** A workflow as the API speaks of it: nodes, edges and its other top-level keys side by side. */
export interface WorkflowDocument {
  nodes: DocumentNode[]
  edges: DocumentEdge[]
  [key: string]: unknown
}

export type Operation =
  | { op: 'node.add'; node: DocumentNode; index?: number }
  | { op: 'node.remove'; id: string }
  | { op: 'node.set'; id: string; key: string; value?: unknown }
  | { op: 'field.set'; id: string; field: string; value?: unknown }
  | { op: 'edge.add'; edge: DocumentEdge; index?: number }
  | { op: 'edge.remove'; id: string }
  | { op: 'edge.set'; id: string; key: string; value?: unknown }
  | { op: 'meta.set'; key: string; value?: unknown }
  | { op: 'node.order'; ids: string[] }
  | { op: 'edge.order'; ids: string[] }

/** One saved edit as the server lists it to a client that had not seen it. */
export interface Change {
  version: number
  batchId: string
  label: string
  operations: Operation[]
}
