/**
 * A card without connections and is dragged over a connection it fits: which connection that is, and
 * the mark on it. Nothing is rendered for it; the mark is put on what React Flow has drawn.
 */
import type { NodeChange } from '@xyflow/react'
import { links } from '../../document/graph'
import { insertion } from '../edits/connections'
import type { CanvasEdge, CardNode } from '../flow/flow'
import { along, route } from '../flow/route'
import type { Session } from '../session'

/** Where a connection is looked at, by shares of its curves. */
const SHARES = Array.from({ length: 12 }, (_, i) => (i + 0.5) / 12)

export class Insertion {
  private edge: string | null = null
  /** The connections that the dragged card fits; made once per drag. */
  private fitting: { id: string; edges: readonly CanvasEdge[] } | null = null

  constructor(private readonly session: Session) {}

  /** Look where the one dragged card is; none is dragged alone without `change`. */
  look(nodes: readonly CardNode[], change: NodeChange<CardNode> | undefined): void {
    const id = change && 'id' in change ? change.id : undefined
    const card = id === undefined ? undefined : nodes.find(node => node.id === id)
    this.mark(card ? this.under(card, nodes) : null)
  }

  /** The connection that the card was let go over, if any; what was marked is not any more. */
  take(): string | null {
    const { edge } = this
    this.mark(null)
    this.fitting = null
    return edge
  }

  private under(card: CardNode, nodes: readonly CardNode[]): string | null {
    const edges = this.fits(card)
    if (!edges.length) return null
    const at = new Map(nodes.map(node => [node.id, node]))
    const { position, width = 0, height = 0 } = card
    // Its middle part: what only grazes a connection does not mean it.
    const [left, right] = [position.x + width * 0.15, position.x + width * 0.85]
    const [top, bottom] = [position.y, position.y + Math.min(height, 260)]
    const found = edges.find(edge => {
      const from = portAt(at.get(edge.source), edge.sourceHandle, 'out')
      const to = portAt(at.get(edge.target), edge.targetHandle, 'in')
      if (!from || !to) return false
      return route(from, to, edge.data?.points).some(curve =>
        SHARES.map(t => along(curve, t)).some(
          ({ x, y }) => x > left && x < right && y > top && y < bottom,
        ),
      )
    })
    return found?.id ?? null
  }

  private fits(card: CardNode): readonly CanvasEdge[] {
    if (this.fitting?.id === card.id) return this.fitting.edges
    const { store, flow } = this.session
    const { into, outOf } = links(store.document)
    const alone = !into.get(card.id)?.length && !outOf.get(card.id)?.length
    const node = alone ? store.node(card.id) : undefined
    const edges = flow.state.getState().edges.filter(({ data }) => {
      return node && data && insertion(this.session, data.edge, node) !== null
    })
    this.fitting = { id: card.id, edges }
    return edges
  }

  private mark(edge: string | null): void {
    if (this.edge === edge) return
    elementOf(this.edge)?.removeAttribute('data-insert')
    elementOf(edge)?.setAttribute('data-insert', '')
    this.edge = edge
  }
}

const elementOf = (id: string | null) =>
  id === null ? null : document.querySelector(`.react-flow__edge[data-id="${CSS.escape(id)}"]`)

function portAt(card: CardNode | undefined, handle: unknown, side: 'in' | 'out') {
  const port = card?.data.layout.ports.find(port => port.id === handle && port.side === side)
  if (!card || !port) return null
  const x = card.position.x + (side === 'out' ? (card.width ?? 0) : 0)
  return { x, y: card.position.y + port.y }
}
