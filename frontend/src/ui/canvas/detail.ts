/**
 * Level of detail. Far away React Flow holds no nodes and one canvas paints the graph; coming near
 * the visible nodes are mounted in slices so that no frame is long.
 */
import type { Node } from '@xyflow/react'
import { createStore } from 'zustand/vanilla'

const FAR_BELOW = 0.35
const NEAR_ABOVE = 0.45
/** Graphs up to this size are always drawn as cards: there is nothing to save. */
const ALWAYS_NEAR = 60 // nodes
const SLICE = 12 // cards mounted per frame

/** Below these zooms cards are drawn for more and more distance. */
const DISTANCES = [0.7, 0.45, 0.28]
/** A distance is left a little above where it begins, so that it does not flicker. */
const SLACK = 1.06

export interface Detail {
  far: boolean
  /**
   * For which distance cards are drawn: 0 as they are, 1 with a larger title, 2 as their result with
   * the title below, 3 the same with a title that is larger still.
   */
  distance: number
  /** How many slices of visible nodes are mounted; null once all nodes are given. */
  slices: number | null
}

export interface Viewport {
  x: number
  y: number
  zoom: number
}

export type DetailStore = ReturnType<typeof createDetail>

export function createDetail(zoom: number, nodes: number) {
  return createStore<Detail>(() => ({
    far: isFar(zoom, nodes, false),
    distance: distanceOf(zoom, 0),
    slices: null,
  }))
}

/** Whether a zoom counts as far, given which side it came from. */
function isFar(zoom: number, nodes: number, wasFar: boolean): boolean {
  if (nodes <= ALWAYS_NEAR) return false
  return wasFar ? zoom < NEAR_ABOVE : zoom < FAR_BELOW
}

function distanceOf(zoom: number, before: number): number {
  return DISTANCES.filter((below, at) => zoom < (before > at ? below * SLACK : below)).length
}

/** Follow the zoom; starts the slices when it comes near. */
export function follow(detail: DetailStore, zoom: number, nodes: number): void {
  const { far, distance: before } = detail.getState()
  const distance = distanceOf(zoom, before)
  if (distance !== before) detail.setState({ distance })
  const now = isFar(zoom, nodes, far)
  if (now !== far) detail.setState({ far: now, slices: now ? null : 1 })
}

/** The nodes to give to React Flow now, and whether these are all. */
export function mounted<N extends Node>(
  nodes: N[],
  detail: Detail,
  view: Viewport,
  size: { width: number; height: number },
): { nodes: N[]; complete: boolean } {
  if (detail.far) return { nodes: NONE as N[], complete: false }
  if (detail.slices === null) return { nodes, complete: true }
  const seen = nodes.filter(node => inView(node, view, size))
  const wanted = detail.slices * SLICE
  return { nodes: seen.slice(0, wanted), complete: wanted >= seen.length }
}

const NONE: Node[] = []

function inView(node: Node, view: Viewport, size: { width: number; height: number }): boolean {
  const left = node.position.x * view.zoom + view.x
  const top = node.position.y * view.zoom + view.y
  const right = left + (node.width ?? 0) * view.zoom
  const bottom = top + (node.height ?? 0) * view.zoom
  return right > 0 && bottom > 0 && left < size.width && top < size.height
}

/** The rectangle around nodes; null without nodes. */
export function boundsOf(nodes: readonly Node[]) {
  if (!nodes.length) return null
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { position, width = 0, height = 0 } of nodes) {
    left = Math.min(left, position.x)
    top = Math.min(top, position.y)
    right = Math.max(right, position.x + width)
    bottom = Math.max(bottom, position.y + height)
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}
