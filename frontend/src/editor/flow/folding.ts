/**
 * What collapsed frames hide, and the ports at their edges, which stand for ports inside. No React.
 */
import type { DocumentEdge, DocumentNode, WorkflowDocument } from '../../api/document'
import { portName } from '../../catalog/ports'
import { hidden, isCollapsed, isFrame, type SizeOf } from '../../document/frames'
import type { PortSpec } from './rows'

/** A port of a node, by its handle. */
export interface PortAt {
  node: string
  handle: string | null
}

/** The ends of a connection as React Flow and documents have them. */
export interface Ends {
  source: string
  target: string
  sourceHandle?: string | null
  targetHandle?: string | null
}

export class Folding {
  /** By collapsed frame, and by port at its edge: the port it represents. */
  private readonly crossing = new Map<string, Map<string, PortAt>>()

  private constructor(
    document: WorkflowDocument,
    private readonly hidden: ReadonlyMap<string, string>,
  ) {
    for (const { source, sourceHandle, target, targetHandle } of document.edges) {
      this.cross(target, source, targetHandle, 'in')
      this.cross(source, target, sourceHandle, 'out')
    }
  }

  /** What is folded away in a document; null when nothing is. */
  static of(document: WorkflowDocument, sizeOf: SizeOf): Folding | null {
    const folds = document.nodes.some(node => isFrame(node) && isCollapsed(node))
    return folds ? new Folding(document, hidden(document.nodes, sizeOf)) : null
  }

  hides(id: string): boolean {
    return this.hidden.has(id)
  }

  /** The node that shows a node: itself, or the collapsed frame that hides it. */
  shownAs(id: string): string {
    return this.hidden.get(id) ?? id
  }

  /** The port that a port at the edge of a collapsed frame represents; any other is itself. */
  real(node: string, handle: string | null): PortAt {
    return this.crossing.get(node)?.get(handle ?? '') ?? { node, handle }
  }

  /** A connection between ports that are there, of one that may end at collapsed frames. */
  realConnection<T extends Ends>(connection: T): T {
    const from = this.real(connection.source, connection.sourceHandle ?? null)
    const into = this.real(connection.target, connection.targetHandle ?? null)
    return {
      ...connection,
      source: from.node,
      sourceHandle: from.handle,
      target: into.node,
      targetHandle: into.handle,
    }
  }

  /** Where an edge is drawn to and from; `ends` are the handles at the cards themselves. */
  drawn(edge: DocumentEdge, ends: Required<Ends>): Required<Ends> {
    const [from, into] = [this.hidden.get(edge.source), this.hidden.get(edge.target)]
    if (from === undefined && into === undefined) return ends
    return {
      source: from ?? ends.source,
      target: into ?? ends.target,
      sourceHandle: from ? edgePort(edge.source, edge.sourceHandle, 'out') : ends.sourceHandle,
      targetHandle: into ? edgePort(edge.target, edge.targetHandle, 'in') : ends.targetHandle,
    }
  }

  /** The ports at the edge of a collapsed frame; `inside` is what is known of a node in it. */
  ports(
    frame: DocumentNode,
    inside: (id: string) => { title: string; ports: readonly PortSpec[] } | undefined,
  ): PortSpec[] {
    return [...(this.crossing.get(frame.id) ?? [])].flatMap(([id, { node, handle }]) => {
      const known = inside(node)
      const side = id.endsWith('-in') ? 'in' : 'out'
      const ports = known?.ports.filter(port => port.side === side) ?? []
      const name = portName(
        handle,
        side,
        ports.map(port => port.name),
      )
      const port = ports.find(port => port.name === name)
      return known && port
        ? [{ ...port, id, name: id, label: `${known.title}: ${port.label}` }]
        : []
    })
  }

  private cross(id: string, other: string, handle: PortAt['handle'] | undefined, side: Side): void {
    const frame = this.hidden.get(id)
    if (frame === undefined || this.hidden.get(other) === frame) return
    const ports = this.crossing.get(frame) ?? new Map<string, PortAt>()
    ports.set(edgePort(id, handle, side), { node: id, handle: handle ?? null })
    this.crossing.set(frame, ports)
  }
}

type Side = 'in' | 'out'

/** The name of a port at the edge of a collapsed frame. */
const edgePort = (node: string, handle: string | null | undefined, side: Side) =>
  `${node} ${handle ?? '(only)'}-${side}`
