/** What to request for a preview of a node whose fields are being changed. No React. */
import type { NodeType } from '../../api/catalog'
import type { DocumentNode, Json, JsonObject, WorkflowDocument } from '../../api/document'
import type { Catalog } from '../../catalog/catalog'
import { portName } from '../../catalog/ports'
import { links } from '../../document/graph'
import { nodesById } from '../../document/store'

/** A node as the server tries it out. */
export interface TryOut {
  type: string
  data: JsonObject
  inputs: JsonObject
}

/** Whether the server can try a node out: it works there alone and makes an image. */
export const canTryOut = (type: NodeType | undefined): type is NodeType =>
  type?.deterministic === true && type.preview === 'image'

/**
 * What a node would be tried out with: its fields, and the results of what is connected to it.
 * Null where one of them is not there, or is a list of what the node takes one by one.
 */
export function tryOutOf(
  document: WorkflowDocument,
  node: DocumentNode,
  catalog: Catalog,
  resultOf: (id: string) => Record<string, unknown> | null,
): TryOut | null {
  const ports = catalog.inputsOf(node)
  const names = ports.map(port => port.name)
  const inputs: JsonObject = {}
  for (const edge of links(document).into.get(node.id) ?? []) {
    const name = portName(edge.targetHandle, 'in', names)
    const port = ports.find(each => each.name === name)
    const source = nodesById(document).get(edge.source)
    if (!port || !source) continue
    const outputs = catalog.outputsOf(source).map(each => each.name)
    const value = resultOf(edge.source)?.[portName(edge.sourceHandle, 'out', outputs) ?? '']
    if (value === null || value === undefined) return null
    const several = port.type.startsWith('list<') || port.many
    if (Array.isArray(value) && !several) return null
    if (several) {
      const before = inputs[port.name]
      inputs[port.name] = [...(Array.isArray(before) ? before : []), ...[value as Json].flat()]
    } else inputs[port.name] = value as Json
  }
  return { type: node.type, data: node.data, inputs }
}
