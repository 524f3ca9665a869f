/**
 * Guides while cards are dragged: their edges and middles snap to those of the cards around, and a
 * line shows to which. Nothing is rendered: two lines are moved, and places are set before React
 * Flow sees them.
 */
import type { NodeChange } from '@xyflow/react'
import type { CardNode } from '../flow/flow'
import type { Session } from '../session'

/** How near an edge must come to snap, px of the screen. */
const REACH = 6

interface Lines {
  x: number[]
  y: number[]
}

export class Guides {
  /** Where the cards around have edges and middles; made once per drag. */
  private lines: Lines | null = null
  private marks: { x: HTMLElement; y: HTMLElement } | null = null
  /** How far the cards have been moved to a line. */
  private by = { x: 0, y: 0 }
  /** Whether the user wants none just now: Alt is held. */
  off = false

  constructor(private readonly session: Session) {}

  /** Move the dragged cards a little so that they stand level with others. */
  snap(changes: NodeChange<CardNode>[], nodes: readonly CardNode[]): void {
    const moves = changes.filter(change => change.type === 'position')
    const dragged = moves.filter(change => change.dragging && change.position)
    if (!dragged.length || this.off) {
      // Let go where it was shown, which React Flow does not know.
      if (!this.off) shift(moves, this.by)
      if (moves.length) this.end(dragged.length > 0)
      return
    }
    const ids = new Set(dragged.map(change => change.id))
    this.lines ??= linesOf(nodes.filter(node => !ids.has(node.id)))
    const box = boundsOf(dragged, nodes)
    if (!box) return
    const reach = REACH / (this.session.rf?.getZoom() ?? 1)
    const x = nearest(this.lines.x, [box.left, (box.left + box.right) / 2, box.right], reach)
    const y = nearest(this.lines.y, [box.top, (box.top + box.bottom) / 2, box.bottom], reach)
    this.by = { x: x?.by ?? 0, y: y?.by ?? 0 }
    shift(dragged, this.by)
    this.show(x?.line, y?.line)
  }

  /** Forget the lines; with `dragging` the drag goes on without them. */
  private end(dragging: boolean): void {
    if (!dragging) this.lines = null
    this.by = { x: 0, y: 0 }
    this.show(undefined, undefined)
  }

  private show(x: number | undefined, y: number | undefined): void {
    if (x === undefined && y === undefined && !this.marks) return
    this.marks ??= makeMarks()
    const view = this.session.rf?.getViewport()
    if (!this.marks || !view) return
    place(this.marks.x, 'left', x === undefined ? null : x * view.zoom + view.x)
    place(this.marks.y, 'top', y === undefined ? null : y * view.zoom + view.y)
  }
}

function shift(
  changes: { position?: { x: number; y: number } }[],
  by: { x: number; y: number },
): void {
  for (const change of changes) {
    const { position } = change
    if (position) change.position = { x: position.x + by.x, y: position.y + by.y }
  }
}

function place(mark: HTMLElement, side: 'left' | 'top', at: number | null): void {
  mark.hidden = at === null
  if (at !== null) mark.style[side] = `${at}px`
}

function makeMarks() {
  const ground = document.querySelector('.react-flow')
  if (!ground) return null
  const make = (axis: 'x' | 'y') => {
    const mark = document.createElement('div')
    mark.dataset.guide = axis
    ground.append(mark)
    return mark
  }
  return { x: make('x'), y: make('y') }
}

function linesOf(nodes: readonly CardNode[]): Lines {
  const shown = nodes.filter(node => !node.zIndex)
  return {
    x: shown.flatMap(({ position: { x }, width = 0 }) => [x, x + width / 2, x + width]),
    y: shown.flatMap(({ position: { y }, height = 0 }) => [y, y + height / 2, y + height]),
  }
}

function boundsOf(
  changes: readonly { id: string; position?: { x: number; y: number } }[],
  nodes: readonly CardNode[],
) {
  const moved = new Map(changes.map(change => [change.id, change.position]))
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { id, width = 0, height = 0 } of nodes) {
    const at = moved.get(id)
    if (!at) continue
    left = Math.min(left, at.x)
    top = Math.min(top, at.y)
    right = Math.max(right, at.x + width)
    bottom = Math.max(bottom, at.y + height)
  }
  return left === Infinity ? null : { left, top, right, bottom }
}

/** The line that is nearest to one of three places, and how far it is. */
function nearest(lines: readonly number[], places: readonly number[], reach: number) {
  let found: { line: number; by: number } | null = null
  for (const line of lines) {
    for (const at of places) {
      const by = line - at
      if (Math.abs(by) <= reach && (!found || Math.abs(by) < Math.abs(found.by)))
        found = { line, by }
    }
  }
  return found
}
