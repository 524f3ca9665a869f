/**
 * What React Flow is given: its arrays, made from the document. An object is reused while nothing
 * about it changed, because React Flow re-renders exactly what has a new identity.
 */

import { type Edge, type Node, Position } from '@xyflow/react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { NodeType } from '../../api/catalog'
import type { DocumentEdge, DocumentNode, WorkflowDocument } from '../../api/document'
import type { App } from '../../api/schema'
import type { Catalog } from '../../catalog/catalog'
import { portName } from '../../catalog/ports'
import { ownTitle } from '../../catalog/title'
import { FRAME_SIZE, isCollapsed, isFrame, members, withMembers } from '../../document/frames'
import { links } from '../../document/graph'
import { type Effective, effective } from '../../document/modes'
import { type Point, pointsOf } from '../../document/points'
import { texts } from '../texts'
import { type Ends, Folding, type PortAt } from './folding'
import { type Attached, layout, stacked } from './layout'
import { type Layout, PORT, type PortSpec } from './rows'
import { type NodeStatus, statusOf, TAKES_PART } from './status'

export interface CardData extends Record<string, unknown> {
  node: DocumentNode
  type: NodeType | undefined
  layout: Layout
  /** Names of the inputs that an edge feeds. */
  connected: ReadonlySet<string>
  /** What is known of the app it calls; null when nothing of that name runs here. */
  app?: App | null | undefined
  status: NodeStatus
}

interface EdgeData extends Record<string, unknown> {
  /** Port type at the source, which colors the edge. */
  kind: string
  edge: DocumentEdge
  /** Nothing goes over it in a run: an end is left out, or holds its result. */
  idle: boolean
  /** What it is led through, while both its ends are shown. */
  points: readonly Point[]
}

export type CardNode = Node<CardData>
export type CanvasEdge = Edge<EdgeData>

export interface FlowState {
  nodes: CardNode[]
  edges: CanvasEdge[]
  /** Ids of the selected nodes, in document order; the same array while it stays the same. */
  selected: readonly string[]
  selectedEdges: readonly string[]
}

interface KnownNode {
  source: DocumentNode
  attachedKey: string
  statusKey: string
  rf: CardNode
}

interface KnownEdge {
  source: DocumentEdge
  key: string
  rf: CanvasEdge
}

export class Flow {
  readonly state: StoreApi<FlowState>
  private knownNodes = new Map<string, KnownNode>()
  private knownEdges = new Map<string, KnownEdge>()
  private attachedOf: { edges: DocumentEdge[]; keys: Map<string, Attached & { key: string }> } = {
    edges: [],
    keys: new Map(),
  }
  private last: WorkflowDocument | null = null
  /** What collapsed frames hide; null while none is. */
  private folding: Folding | null = null
  /** What the modes leave of the graph; null while no node has one. */
  private effect: Effective | null = null

  constructor(
    private readonly catalog: Catalog,
    private readonly appOf: (id: unknown) => App | null | undefined = () => undefined,
  ) {
    this.state = createStore<FlowState>(() => ({
      nodes: [],
      edges: [],
      selected: [],
      selectedEdges: [],
    }))
  }

  /** Bring React Flow's arrays up to date with the document, or with what is known of apps. */
  update(document: WorkflowDocument, known = false): void {
    const { nodes: shownNodes } = this.state.getState()
    const sameNodes = this.last?.nodes === document.nodes
    const sameEdges = this.last?.edges === document.edges
    if (sameNodes && sameEdges && !known) return
    this.last = document
    const marked = document.nodes.some(node => 'mode' in node || 'pinned' in node)
    this.effect = marked ? effective(document, this.catalog) : null
    const current = new Map(shownNodes.map(node => [node.id, node]))
    const make = (node: DocumentNode) => this.node(node, document, current.get(node.id))
    // Frames come last: what a collapsed one shows follows from the cards that it hides.
    const cards = document.nodes.filter(node => !isFrame(node)).map(make)
    this.folding = Folding.of(document, this.sizeOf)
    const frames = document.nodes.filter(isFrame).map(make)
    const made = new Map([...cards, ...frames].map(rf => [rf.id, rf]))
    const nodes = document.nodes.map(({ id }) => made.get(id) as CardNode)
    this.knownNodes = new Map(nodes.map(rf => [rf.id, this.knownNodes.get(rf.id) as KnownNode]))
    const edges = document.edges.map(edge => this.edge(edge))
    this.knownEdges = new Map(edges.map(rf => [rf.id, this.knownEdges.get(rf.id) as KnownEdge]))
    const { folding } = this
    if (!folding) this.put(nodes, edges)
    else {
      this.put(
        nodes.filter(node => !folding.hides(node.id)),
        edges.filter(edge => edge.source !== edge.target),
      )
    }
  }

  /** The size of a node's card, px. */
  readonly sizeOf = (node: DocumentNode): { width: number; height: number } =>
    this.knownNodes.get(node.id)?.rf.data.layout ?? {
      width: node.width ?? FRAME_SIZE.width / 2,
      height: node.height ?? FRAME_SIZE.height / 2,
    }

  /** Whether a collapsed frame hides a node. */
  isHidden(id: string): boolean {
    return this.folding?.hides(id) ?? false
  }

  /** The node that shows a node: itself, or the collapsed frame that hides it. */
  shownAs(id: string): string {
    return this.folding?.shownAs(id) ?? id
  }

  /** What is in a frame. */
  membersOf(frame: DocumentNode): DocumentNode[] {
    return this.last ? members(frame, this.last.nodes, this.sizeOf) : []
  }

  /** These nodes and all that is in the frames among them. */
  withMembers(ids: Iterable<string>): string[] {
    return this.last ? withMembers(ids, this.last.nodes, this.sizeOf) : [...ids]
  }

  /** The port that a port at the edge of a collapsed frame represents; any other is itself. */
  real(node: string, handle: string | null): PortAt {
    return this.folding?.real(node, handle) ?? { node, handle }
  }

  /** A connection between ports that are there, of one that may end at collapsed frames. */
  realConnection<T extends Ends>(connection: T): T {
    return this.folding?.realConnection(connection) ?? connection
  }

  /** Store arrays that gestures changed (selection, positions while dragging). */
  put(nodes: CardNode[], edges: CanvasEdge[]): void {
    const before = this.state.getState()
    this.state.setState({
      nodes,
      edges,
      selected: same(
        before.selected,
        nodes.filter(node => node.selected).map(node => node.id),
      ),
      selectedEdges: same(
        before.selectedEdges,
        edges.filter(edge => edge.selected).map(edge => edge.id),
      ),
    })
  }

  /** Select these nodes and connections and nothing else. */
  select(ids: Iterable<string>, connections: Iterable<string> = []): void {
    const { nodes, edges } = this.state.getState()
    this.put(chosen(nodes, new Set(ids)), chosen(edges, new Set(connections)))
  }

  layoutOf(id: string): Layout | undefined {
    return this.knownNodes.get(id)?.rf.data.layout
  }

  private node(source: DocumentNode, document: WorkflowDocument, shown?: CardNode): CardNode {
    const attached = this.attached(document, source.id)
    const folded = isFrame(source) && isCollapsed(source)
    const known = this.knownNodes.get(source.id)
    const app = this.appOf(source.data.app)
    const status = this.effect
      ? statusOf(this.catalog, this.effect, source, attached, id => this.titleIn(document, id))
      : TAKES_PART
    const ports = (folded && this.folding?.ports(source, id => this.inside(id))) || NO_PORTS
    const statusKey =
      (status === TAKES_PART ? '' : JSON.stringify(status)) +
      (ports.length ? JSON.stringify(ports) : '')
    const unchanged =
      known?.source === source &&
      known.attachedKey === attached.key &&
      known.statusKey === statusKey &&
      known.rf.data.app === app
    // Gestures replace the object for selection and dragging; what they made counts as current.
    if (unchanged && shown?.data === known.rf.data) return shown
    const data = unchanged
      ? known.rf.data
      : this.card(source, attached, known, app, known?.statusKey === statusKey ? null : status)
    if (folded) data.layout = stacked(FOLDED_WIDTH, ports)
    const rf: CardNode = {
      id: source.id,
      type: KINDS[source.type] ?? 'card',
      position: shown?.dragging ? shown.position : source.position,
      data,
      width: data.layout.width,
      height: data.layout.height,
      selected: shown?.selected ?? false,
      dragging: shown?.dragging ?? false,
      ariaLabel: this.title(source),
      zIndex: isFrame(source) ? (folded ? 0 : -2) : source.type === 'note' ? -1 : 0,
      // The ground of a frame is the canvas: only its head is taken hold of.
      ...(isFrame(source) && !folded && { style: SEEN_THROUGH }),
      handles: data.layout.ports.map(port => ({
        id: port.id,
        type: port.side === 'in' ? 'target' : 'source',
        position: port.side === 'in' ? Position.Left : Position.Right,
        x: port.side === 'in' ? -PORT / 2 : data.layout.width - PORT / 2,
        y: port.y - PORT / 2,
        width: PORT,
        height: PORT,
      })),
    }
    this.knownNodes.set(source.id, { source, attachedKey: attached.key, statusKey, rf })
    return rf
  }

  /** What a collapsed frame shows of a node in it. */
  private inside(id: string) {
    const data = this.knownNodes.get(id)?.rf.data
    return data && { title: this.title(data.node), ports: data.layout.ports }
  }

  /** Whether nothing goes over an edge in a run. */
  private idle({ source, target }: DocumentEdge): boolean {
    const { effect, knownNodes } = this
    if (!effect) return false
    const out = (id: string) =>
      effect.missing.has(id) || knownNodes.get(id)?.rf.data.status.mode === 'mute'
    return out(source) || out(target) || effect.pinned.has(target)
  }

  private card(
    node: DocumentNode,
    attached: Attached,
    known: KnownNode | undefined,
    app: App | null | undefined,
    changed: NodeStatus | null,
  ): CardData {
    const type = this.catalog.get(node.type)
    const before = known?.rf.data
    if (
      before &&
      before.node.data === node.data &&
      before.app === app &&
      before.node.width === node.width &&
      before.node.height === node.height &&
      before.node.collapsed === node.collapsed &&
      !isFrame(node) &&
      known.attachedKey === keyOf(attached)
    ) {
      // Only the position or a key the card does not show has changed.
      if (!changed && sameCard(before.node, node)) return before
      return { ...before, node, status: changed ?? before.status }
    }
    const names = this.catalog.inputsOf(node).map(port => port.name)
    const connected = attached.in.map(handle => portName(handle, 'in', names))
    return {
      node,
      type,
      layout: layout(this.catalog, node, attached, app),
      connected: new Set(connected.filter(name => name !== null)),
      app,
      status: changed ?? before?.status ?? TAKES_PART,
    }
  }

  private edge(source: DocumentEdge): CanvasEdge {
    const from = this.knownNodes.get(source.source)?.rf.data
    const to = this.knownNodes.get(source.target)?.rf.data
    const outputs = from ? this.catalog.outputsOf(from.node) : []
    const inputs = to ? this.catalog.inputsOf(to.node) : []
    const out = portName(
      source.sourceHandle,
      'out',
      outputs.map(port => port.name),
    )
    const into = portName(
      source.targetHandle,
      'in',
      inputs.map(port => port.name),
    )
    const kind = outputs.find(port => port.name === out)?.type ?? 'any'
    const sourceHandle = out === null ? rawHandle(source.sourceHandle) : `${out}-out`
    const targetHandle = into === null ? rawHandle(source.targetHandle) : `${into}-in`
    const ariaLabel = texts.connectionFromTo(this.title(from?.node), this.title(to?.node))
    const idle = this.idle(source)
    const plain = { source: source.source, target: source.target, sourceHandle, targetHandle }
    const ends = this.folding?.drawn(source, plain) ?? plain
    const key = `${kind} ${Object.values(ends).join(' ')} ${ariaLabel} ${idle}`
    const known = this.knownEdges.get(source.id)
    if (known?.source === source && known.key === key) {
      return this.shownEdge(source.id) ?? known.rf
    }
    const rf: CanvasEdge = {
      id: source.id,
      type: 'line',
      ...ends,
      data: { kind, edge: source, idle, points: ends === plain ? pointsOf(source) : [] },
      ariaLabel,
      selected: this.shownEdge(source.id)?.selected ?? false,
    }
    this.knownEdges.set(source.id, { source, key, rf })
    return rf
  }

  private titleIn(document: WorkflowDocument, id: string): string {
    return this.title(document.nodes.find(node => node.id === id))
  }

  private title(node: DocumentNode | undefined): string {
    return node ? ownTitle(node) || this.catalog.get(node.type)?.name || node.type : ''
  }

  private shown: { edges: CanvasEdge[]; byId: Map<string, CanvasEdge> } = {
    edges: [],
    byId: new Map(),
  }

  private shownEdge(id: string): CanvasEdge | undefined {
    const { edges } = this.state.getState()
    if (this.shown.edges !== edges) {
      this.shown = { edges, byId: new Map(edges.map(edge => [edge.id, edge])) }
    }
    return this.shown.byId.get(id)
  }

  private attached(document: WorkflowDocument, id: string): Attached & { key: string } {
    if (this.attachedOf.edges !== document.edges) {
      this.attachedOf = { edges: document.edges, keys: new Map() }
    }
    let found = this.attachedOf.keys.get(id)
    if (!found) {
      const { into, outOf } = links(document)
      const ends: Attached = {
        in: distinct(into.get(id)?.map(edge => rawHandle(edge.targetHandle))),
        out: distinct(outOf.get(id)?.map(edge => rawHandle(edge.sourceHandle))),
      }
      found = { ...ends, key: keyOf(ends) }
      this.attachedOf.keys.set(id, found)
    }
    return found
  }
}

const NO_PORTS: PortSpec[] = []
/** The width of a collapsed frame, px. */
const FOLDED_WIDTH = 280
const KINDS: Record<string, string> = { note: 'note', frame: 'frame' }
const SEEN_THROUGH = { pointerEvents: 'none' } as const

/** The same things with only these selected. */
const chosen = <T extends { id: string; selected?: boolean }>(all: T[], ids: ReadonlySet<string>) =>
  all.map(one =>
    Boolean(one.selected) === ids.has(one.id) ? one : { ...one, selected: ids.has(one.id) },
  )

const keyOf = (ends: Attached) => `${ends.in.join(' ')}|${ends.out.join(' ')}`
const rawHandle = (handle: string | null | undefined) => handle ?? '(only)'
const NONE: readonly string[] = []

function distinct(handles: string[] | undefined): readonly string[] {
  return handles ? [...new Set(handles)].sort() : NONE
}

function sameCard(a: DocumentNode, b: DocumentNode): boolean {
  if (a.type !== b.type) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  keys.delete('position')
  return [...keys].every(key => a[key] === b[key])
}

function same(before: readonly string[], after: string[]): readonly string[] {
  const equal = before.length === after.length && before.every((id, i) => id === after[i])
  return equal ? before : after
}
