/**
 * What the modes of nodes do to a graph: muted ones are left out, bypassed ones pass values on,
 * pinned ones hold their result. The same rules as the server's `workflows/graph/modes.py`, which
 * decides; these are used while a user edits. No React.
 */
import type { DocumentEdge, DocumentNode, JsonObject, WorkflowDocument } from '../api/document'
import type { Input, Output } from '../api/schema'
import type { Catalog } from '../catalog/catalog'
import { portName } from '../catalog/ports'
import { nodesById } from './store'

export type Mode = 'mute' | 'bypass'

/** The same modes as ComfyUI writes them. */
const MODES: ReadonlyMap<unknown, Mode> = new Map<unknown, Mode>([
  ['mute', 'mute'],
  ['bypass', 'bypass'],
  [2, 'mute'],
  [4, 'bypass'],
])

/** A graph as its modes leave it. */
export interface Effective {
  nodes: readonly DocumentNode[]
  /** The edges between them; each keeps its id and target. */
  edges: readonly DocumentEdge[]
  /** The nodes that are left out though they are not muted, each with the node it needs. */
  missing: ReadonlyMap<string, string>
  pinned: ReadonlySet<string>
}

/** The mode of a node; null for one that runs. */
export const modeOf = (node: DocumentNode): Mode | null => MODES.get(node.mode) ?? null

/** The outputs that a node holds; null where it runs. */
export function pinnedOf(node: DocumentNode, catalog: Catalog): JsonObject | null {
  const type = catalog.get(node.type)
  if (!type?.runs || type.dynamic === 'fields' || type.sink) return null
  const { pinned } = node
  const outputs = isObject(pinned) ? pinned.outputs : null
  return isObject(outputs) ? outputs : null
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The input whose value a bypassed node passes on as an output. Of the inputs with a connection, in
 * their order: the first of the same type, else of the same item type, else the first that fits.
 */
export function passes(
  catalog: Catalog,
  inputs: readonly Input[],
  output: Output,
  connected: ReadonlySet<string>,
): string | null {
  const ports = inputs.filter(port => connected.has(port.name))
  const way = (port: Input) => catalog.rules.fits(port.type, output.type)
  const found =
    ports.find(port => port.type === output.type) ??
    ports.find(port => way(port) === 'same' || way(port) === 'each:same') ??
    ports.find(port => way(port) !== null)
  return found?.name ?? null
}

/** The graph that a run executes. */
export function effective(document: WorkflowDocument, catalog: Catalog): Effective {
  const modes = new Map<string, Mode>()
  const pinned = new Set<string>()
  for (const node of document.nodes) {
    const mode = modeOf(node)
    if (mode) modes.set(node.id, mode)
    else if (node.pinned !== undefined && pinnedOf(node, catalog)) pinned.add(node.id)
  }
  if (!modes.size && !pinned.size) {
    return { nodes: document.nodes, edges: document.edges, missing: new Map(), pinned }
  }
  const ways = new Ways(document, catalog, modes)
  const edges: DocumentEdge[] = []
  const lost: [DocumentEdge, string][] = []
  for (const edge of document.edges) {
    if (modes.has(edge.target) || pinned.has(edge.target)) continue
    const led = ways.lead(edge)
    if (typeof led === 'string') lost.push([edge, led])
    else edges.push(led)
  }
  const missing = leftOut(ways, edges, lost)
  return {
    nodes: document.nodes.filter(node => !missing.has(node.id) && !modes.has(node.id)),
    edges: edges.filter(edge => !missing.has(edge.source) && !missing.has(edge.target)),
    missing,
    pinned,
  }
}

/** Where values come from when bypassed nodes are between. */
export class Ways {
  private readonly nodes: Map<string, DocumentNode>
  private readonly incoming = new Map<string, DocumentEdge[]>()

  /** `modes` are the nodes between which ways lead; edges into others are not needed. */
  constructor(
    document: WorkflowDocument,
    private readonly catalog: Catalog,
    private readonly modes: ReadonlyMap<string, Mode>,
  ) {
    this.nodes = nodesById(document)
    for (const edge of document.edges) {
      if (!modes.has(edge.target)) continue
      const list = this.incoming.get(edge.target)
      if (list) list.push(edge)
      else this.incoming.set(edge.target, [edge])
    }
  }

  has(id: string): boolean {
    return this.nodes.has(id)
  }

  /** Follow an edge back through bypassed nodes; without a source, the id of who is to blame. */
  lead(edge: DocumentEdge): DocumentEdge | string {
    let { source, sourceHandle = null } = edge
    const walked = new Set<string>()
    for (let mode = this.modes.get(source); mode; mode = this.modes.get(source)) {
      const into: DocumentEdge | null =
        mode === 'mute' || walked.has(source) ? null : this.through(source, sourceHandle)
      if (!into) return source
      walked.add(source)
      ;({ source, sourceHandle = null } = into)
    }
    if (!walked.size) return edge
    const led = { ...edge, source, sourceHandle }
    return this.suits(led) ? led : edge.source
  }

  /** The input port at the end of an edge. */
  target(edge: DocumentEdge): Input | undefined {
    const node = this.nodes.get(edge.target)
    if (!node) return undefined
    const ports = this.catalog.inputsOf(node).filter(port => port.port)
    return named(ports, edge.targetHandle, 'in')
  }

  private through(id: string, handle: string | null | undefined): DocumentEdge | null {
    const node = this.nodes.get(id)
    if (!node) return null
    const output = named(this.catalog.outputsOf(node), handle, 'out')
    const inputs = this.catalog.inputsOf(node).filter(port => port.port)
    const connected = new Map<string, DocumentEdge>()
    for (const edge of this.incoming.get(id) ?? []) {
      const into = named(inputs, edge.targetHandle, 'in')
      if (into && this.nodes.has(edge.source) && !connected.has(into.name))
        connected.set(into.name, edge)
    }
    const found = output && passes(this.catalog, inputs, output, new Set(connected.keys()))
    return found ? (connected.get(found) ?? null) : null
  }

  private suits(edge: DocumentEdge): boolean {
    const source = this.nodes.get(edge.source)
    const from = source && named(this.catalog.outputsOf(source), edge.sourceHandle, 'out')
    const into = this.target(edge)
    return !from || !into || this.catalog.rules.fits(from.type, into.type) !== null
  }
}

/** The nodes that lack something, with what: a port that takes many does without a part of it. */
function leftOut(
  ways: Ways,
  edges: readonly DocumentEdge[],
  lost: [DocumentEdge, string][],
): Map<string, string> {
  const outgoing = grouped(edges)
  const left = new Map<string, number>()
  for (const edge of edges) left.set(place(edge), (left.get(place(edge)) ?? 0) + 1)
  const missing = new Map<string, string>()
  const waiting = [...lost]
  for (let at = 0; at < waiting.length; at++) {
    const [edge, blame] = waiting[at] as [DocumentEdge, string]
    if (missing.has(edge.target) || !ways.has(edge.target)) continue
    if (ways.target(edge)?.many && left.get(place(edge))) continue
    missing.set(edge.target, blame)
    for (const led of outgoing.get(edge.target) ?? []) {
      left.set(place(led), (left.get(place(led)) ?? 0) - 1)
      waiting.push([led, blame])
    }
  }
  return missing
}

const place = ({ target, targetHandle }: DocumentEdge) =>
  `${target} ${(targetHandle ?? '').replace(/-in$/, '')}`

function named<T extends { name: string }>(
  ports: readonly T[],
  handle: string | null | undefined,
  side: 'in' | 'out',
): T | undefined {
  const name = portName(
    handle,
    side,
    ports.map(port => port.name),
  )
  return ports.find(port => port.name === name)
}

function grouped(edges: readonly DocumentEdge[]): Map<string, DocumentEdge[]> {
  const found = new Map<string, DocumentEdge[]>()
  for (const edge of edges) {
    const list = found.get(edge.source)
    if (list) list.push(edge)
    else found.set(edge.source, [edge])
  }
  return found
}
