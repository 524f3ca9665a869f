/** Where the view is: kept per workflow in this browser, fitted to the graph at first. */
import type { ReactFlowInstance } from '@xyflow/react'
import { boundsOf, type Viewport } from '../../ui/canvas/detail'
import type { CanvasEdge, CardNode, Flow } from '../flow/flow'

/** The part of an editor that has a view. */
interface Viewed {
  slug: string
  flow: Flow
  rf: ReactFlowInstance<CardNode, CanvasEdge> | null
}

const MARGIN = 64 // px around a fitted graph
const SMALL = 640 // px, a phone
const READABLE = 0.7 // zoom

const key = (slug: string) => `view/${slug}`

export function keepViewport(slug: string, viewport: Viewport): void {
  try {
    localStorage.setItem(key(slug), JSON.stringify(viewport))
  } catch {
    // A full or forbidden storage only costs the place of the view.
  }
}

/** The view kept here, else the one fitted into a window of this size. */
export function firstViewport(session: Viewed, width: number, height: number): Viewport {
  try {
    const kept = JSON.parse(localStorage.getItem(key(session.slug)) ?? 'null') as Viewport | null
    if (kept && Number.isFinite(kept.x) && Number.isFinite(kept.y) && kept.zoom > 0) return kept
  } catch {
    // Unreadable: as if nothing were kept.
  }
  const whole = fitted(session, width, height)
  if (width > SMALL || whole.zoom >= READABLE) return whole
  // A whole graph on a phone is unreadable: begin where it begins, the rest is a swipe away.
  const { nodes } = session.flow.state.getState()
  const [first = { x: 0, y: 0 }] = nodes.map(node => node.position).sort((a, b) => a.x - b.x)
  return {
    x: 20 - first.x * READABLE,
    y: 76 - first.y * READABLE,
    zoom: READABLE,
  }
}

/** The view that shows these nodes (or all) whole, at most at their natural size. */
function fitted(
  session: Viewed,
  width: number,
  height: number,
  ids?: ReadonlySet<string>,
): Viewport {
  const { nodes } = session.flow.state.getState()
  const bounds = boundsOf(ids?.size ? nodes.filter(node => ids.has(node.id)) : nodes)
  if (!bounds) return { x: width / 2, y: height / 2, zoom: 1 }
  const margin = Math.min(MARGIN, width / 12)
  const zoom = Math.min(
    1,
    (width - 2 * margin) / bounds.width,
    (height - 2 * margin) / bounds.height,
  )
  const clamped = Math.max(0.04, zoom)
  return {
    x: width / 2 - (bounds.x + bounds.width / 2) * clamped,
    y: height / 2 - (bounds.y + bounds.height / 2) * clamped,
    zoom: clamped,
  }
}

/** Show these nodes, or all, whole. */
export function fit(session: Viewed, ids?: ReadonlySet<string>): void {
  const box = document.querySelector('.react-flow')?.getBoundingClientRect()
  if (!box || !session.rf) return
  void session.rf.setViewport(fitted(session, box.width, box.height, ids), { duration: 240 })
}

/** Bring one node into the middle and select it. */
export function focusNode(session: Viewed, id: string): void {
  const node = session.flow.state.getState().nodes.find(candidate => candidate.id === id)
  if (!node || !session.rf) return
  session.flow.select([id])
  const { position, width = 0, height = 0 } = node
  const zoom = Math.max(session.rf.getZoom(), 0.75)
  void session.rf.setCenter(position.x + width / 2, position.y + height / 2, {
    zoom,
    duration: 240,
  })
}

const EDGE = 24 // px kept free around a node that is brought into view

/** Move the view just as far as it takes to see a node, once what its selection opens is laid out. */
export function reveal(session: Viewed, id: string): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const box = document.querySelector('.react-flow')?.getBoundingClientRect()
      const node = session.flow.state.getState().nodes.find(candidate => candidate.id === id)
      if (!box || !node || !session.rf) return
      const { x, y, zoom } = session.rf.getViewport()
      const dx = shift(node.position.x * zoom + x, (node.width ?? 0) * zoom, box.width)
      const dy = shift(node.position.y * zoom + y, (node.height ?? 0) * zoom, box.height)
      if (dx || dy) void session.rf.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 180 })
    }),
  )
}

/** How far a stretch must move to be inside a length; what is too long shows its beginning. */
function shift(start: number, length: number, inside: number): number {
  const tooFar = Math.max(0, start + length + EDGE - inside)
  const room = start - EDGE
  return tooFar > 0 ? -Math.min(tooFar, Math.max(0, room)) : Math.max(0, -room)
}
