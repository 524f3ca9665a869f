/**
 * Frames: which nodes are in which, by the middle of their cards, and what a collapsed frame hides.
 * Nothing of it is stored: a node belongs to the frame it is in. No React.
 */
import type { DocumentNode } from '../api/document'

export const FRAME = 'frame'
/** The size of a frame that says none, px. */
export const FRAME_SIZE = { width: 480, height: 320 }

/** The width and height of a node's card, px. */
export type SizeOf = (node: DocumentNode) => { width: number; height: number }

export const isFrame = (node: { type?: string }): boolean => node.type === FRAME

export const isCollapsed = (node: DocumentNode): boolean => node.collapsed === true

/** The size of a frame as it is when it is open. */
export function frameSize({ width, height }: DocumentNode) {
  return { width: width ?? FRAME_SIZE.width, height: height ?? FRAME_SIZE.height }
}

/** The nodes in a frame, frames that are in it whole included. */
export function members(
  frame: DocumentNode,
  nodes: readonly DocumentNode[],
  sizeOf: SizeOf,
): DocumentNode[] {
  const { x, y } = frame.position
  const { width, height } = frameSize(frame)
  return nodes.filter(node => {
    if (node.id === frame.id) return false
    const size = isFrame(node) ? frameSize(node) : sizeOf(node)
    const { x: left, y: top } = node.position
    if (isFrame(node)) {
      const inside = left >= x && top >= y && left + size.width <= x + width
      return inside && top + size.height <= y + height && size.width * size.height < width * height
    }
    const [middleX, middleY] = [left + size.width / 2, top + size.height / 2]
    return middleX > x && middleX < x + width && middleY > y && middleY < y + height
  })
}

/** The nodes that collapsed frames hide, each with the outermost frame that does. */
export function hidden(nodes: readonly DocumentNode[], sizeOf: SizeOf): Map<string, string> {
  const found = new Map<string, string>()
  const frames = nodes.filter(node => isFrame(node) && isCollapsed(node))
  // The largest first: what is in it shows with none of the frames inside.
  frames.sort((a, b) => area(b) - area(a))
  for (const frame of frames) {
    if (found.has(frame.id)) continue
    for (const { id } of members(frame, nodes, sizeOf)) if (!found.has(id)) found.set(id, frame.id)
  }
  return found
}

function area(frame: DocumentNode): number {
  const { width, height } = frameSize(frame)
  return width * height
}

/** These nodes and all that is in the frames among them, in document order. */
export function withMembers(
  ids: Iterable<string>,
  nodes: readonly DocumentNode[],
  sizeOf: SizeOf,
): string[] {
  const wanted = new Set(ids)
  for (const node of nodes) {
    if (!isFrame(node) || !wanted.has(node.id)) continue
    for (const { id } of members(node, nodes, sizeOf)) wanted.add(id)
  }
  return nodes.filter(node => wanted.has(node.id)).map(node => node.id)
}
