/** The shapes of a workflow document and of the operations that change it. Owns no logic. */
import type { Json, JsonObject } from './json'
import type * as schema from './schema'

export type { Json, JsonObject }

/** A node; the keys beyond those of every node are the canvas's. */
export type DocumentNode = schema.Node & { width?: number; height?: number }

export type DocumentEdge = schema.Edge & { data?: JsonObject }

/** A workflow as the API speaks of it: nodes, edges and its other top-level keys side by side. */
export interface WorkflowDocument {
  nodes: DocumentNode[]
  edges: DocumentEdge[]
  [key: string]: unknown
}

/** A change of a document; what it sets is JSON once it is sent. */
export type Operation = Local<schema.Operation>

type Local<T> = T extends { node: schema.Node }
  ? Omit<T, 'node'> & { node: DocumentNode }
  : T extends { edge: schema.Edge }
    ? Omit<T, 'edge'> & { edge: DocumentEdge }
    : T extends { value?: Json }
      ? Omit<T, 'value'> & { value?: unknown }
      : T

/** One saved edit as the server lists it to a client that had not seen it. */
export type Change = Omit<schema.Change, 'operations'> & { operations: Operation[] }
