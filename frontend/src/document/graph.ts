/** Questions about a document as a graph: what depends on what, what would run, what is missing. */

import type { PortType } from '../api/catalog'
import type { DocumentEdge, WorkflowDocument } from '../api/document'
import type { Input } from '../api/schema'
import type { Catalog } from '../catalog/catalog'
import { handleId, portName } from '../catalog/ports'
import { nodesById } from './store'

interface Links {
  into: Map<string, DocumentEdge[]>
  outOf: Map<string, DocumentEdge[]>
}

const cache = new WeakMap<DocumentEdge[], Links>()

/** The edges into and out of every node; made once per list of edges. */
export function links(document: WorkflowDocument): Links {
  let found = cache.get(document.edges)
  if (!found) {
    found = { into: new Map(), outOf: new Map() }
    for (const edge of document.edges) {
      add(found.into, edge.target, edge)
      add(found.outOf, edge.source, edge)
    }
    cache.set(document.edges, found)
  }
  return found
}

function add(map: Map<string, DocumentEdge[]>, key: string, edge: DocumentEdge): void {
  const list = map.get(key)
  if (list) list.push(edge)
  else map.set(key, [edge])
}

/**
 * Everything reachable from the given nodes, themselves included, along or against the edges.
 * The way ends before nodes that `stops`.
 */
export function reach(
  document: WorkflowDocument,
  from: Iterable<string>,
  direction: 'up' | 'down',
  stops: (id: string) => boolean = () => false,
): Set<string> {
  const { into, outOf } = links(document)
  const seen = new Set(from)
  const open = [...seen]
  while (open.length) {
    const id = open.pop() as string
    const edges = (direction === 'up' ? into : outOf).get(id) ?? []
    for (const edge of edges) {
      const next = direction === 'up' ? edge.source : edge.target
      if (!seen.has(next) && !stops(next)) {
        seen.add(next)
        open.push(next)
      }
    }
  }
  return seen
}

/** Return whether an edge from `source` to `target` would close a cycle. */
export function closesCycle(document: WorkflowDocument, source: string, target: string): boolean {
  return source === target || reach(document, [target], 'down').has(source)
}

/** The port types at both ends of an edge; undefined where the port is not known. */
export function edgeTypes(
  document: WorkflowDocument,
  catalog: Catalog,
  edge: Pick<DocumentEdge, 'source' | 'target' | 'sourceHandle' | 'targetHandle'>,
): { source?: PortType | undefined; target?: Input | undefined } {
  const nodes = nodesById(document)
  const source = nodes.get(edge.source)
  const target = nodes.get(edge.target)
  const outputs = source ? catalog.outputsOf(source) : []
  const inputs = target ? catalog.inputsOf(target) : []
  const out = portName(
    edge.sourceHandle,
    'out',
    outputs.map(port => port.name),
  )
  const into = portName(
    edge.targetHandle,
    'in',
    inputs.map(port => port.name),
  )
  return {
    source: outputs.find(port => port.name === out)?.type,
    target: inputs.find(port => port.name === into),
  }
}

/** The names of a node's input ports that an edge feeds. */
export function connectedInputs(
  document: WorkflowDocument,
  catalog: Catalog,
  id: string,
): Set<string> {
  const node = nodesById(document).get(id)
  const names = node ? catalog.inputsOf(node).map(port => port.name) : []
  const found = (links(document).into.get(id) ?? []).map(edge =>
    portName(edge.targetHandle, 'in', names),
  )
  return new Set(found.filter(name => name !== null))
}

/** Edges that a new edge into this port would push out: all of them unless the port takes many. */
export function edgesInto(document: WorkflowDocument, id: string, port: Input): DocumentEdge[] {
  const handles = new Set<unknown>([port.name, handleId(port.name, 'in')])
  return (links(document).into.get(id) ?? []).filter(edge => handles.has(edge.targetHandle))
}
