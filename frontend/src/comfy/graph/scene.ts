/** What React Flow is given for one canvas of a ComfyUI graph, and the boxes a painter needs. */

import { type Edge, type Node, Position } from '@xyflow/react'
import type { ComfyGroup, ComfyNode, ComfyView } from '../../api/schema'
import { texts } from '../texts'
import { type ComfyCanvas, insideOf, isNote, titleOf } from '../view'
import { type Measures, measure } from './measures'

interface NodeData extends Record<string, unknown> {
  node: ComfyNode
  measures: Measures
  title: string
  /** The name of the subgraph inside it; null for a plain node. */
  inside: string | null
}

interface AreaData extends Record<string, unknown> {
  group: ComfyGroup
}

interface LinkData extends Record<string, unknown> {
  kind: string
}

export type GraphNode = Node<NodeData>
export type AreaNode = Node<AreaData>
export type GraphLink = Edge<LinkData>

export interface Scene {
  nodes: GraphNode[]
  areas: AreaNode[]
  links: GraphLink[]
}

const PORT = 10
/** Ids of the ends of a subgraph, as links inside it name them. */
const ENTRY = '-10'
const EXIT = '-20'

/** Make the scene of one canvas. */
export function sceneOf(view: ComfyView, canvas: ComfyCanvas): Scene {
  const nodes = [...canvas.nodes, ...ends(canvas)].map(node => graphNode(view, node))
  const sockets = new Map(
    nodes.map(node => [node.id, new Set(node.data.measures.sockets.map(socket => socket.id))]),
  )
  const links = canvas.links.flatMap((link): GraphLink[] => {
    const sourceHandle = `out-${link.fromSlot}`
    const targetHandle = `in-${link.toSlot}`
    const [source, target] = [String(link.from), String(link.to)]
    // A file may have links that lead nowhere; there is nothing to draw between.
    if (!sockets.get(source)?.has(sourceHandle) || !sockets.get(target)?.has(targetHandle))
      return []
    return [
      {
        id: String(link.id),
        type: 'link',
        source,
        target,
        sourceHandle,
        targetHandle,
        data: { kind: link.type },
      },
    ]
  })
  return { nodes, areas: canvas.groups.map(area), links }
}

function graphNode(view: ComfyView, node: ComfyNode): GraphNode {
  const measures = measure(node)
  const { x, y, width, height } = measures
  return {
    id: String(node.id),
    type: isNote(node) ? 'note' : 'node',
    position: { x, y },
    width,
    height,
    measured: { width, height },
    data: {
      node,
      measures,
      title: titleOf(view, node),
      inside: insideOf(view, node)?.name ?? null,
    },
    zIndex: isNote(node) ? 0 : 1,
    handles: measures.sockets.map(socket => ({
      id: socket.id,
      type: socket.side === 'in' ? 'target' : 'source',
      position: socket.side === 'in' ? Position.Left : Position.Right,
      x: socket.side === 'in' ? -PORT / 2 : width - PORT / 2,
      y: socket.y - PORT / 2,
      width: PORT,
      height: PORT,
    })),
  }
}

function area(group: ComfyGroup, index: number): AreaNode {
  return {
    id: `area ${index}`,
    type: 'area',
    position: { x: group.x, y: group.y },
    width: Math.max(group.width, 40),
    height: Math.max(group.height, 40),
    data: { group },
    zIndex: -1,
    selectable: false,
    focusable: false,
  }
}

/** The two ends of a subgraph as nodes, where its links name them and the file draws none. */
function ends(canvas: ComfyCanvas): ComfyNode[] {
  const present = new Set(canvas.nodes.map(node => String(node.id)))
  const left = Math.min(...canvas.nodes.map(node => node.x), 0)
  const right = Math.max(...canvas.nodes.map(node => node.x + node.width), 0)
  const top = Math.min(...canvas.nodes.map(node => node.y), 0)
  const slots = (side: 'from' | 'to', id: string) => {
    const found: { name: string; type: string }[] = []
    for (const link of canvas.links) {
      if (String(link[side]) !== id) continue
      const slot = side === 'from' ? link.fromSlot : link.toSlot
      if (slot >= 0 && slot < 200) found[slot] = { name: link.type, type: link.type }
    }
    return Array.from(found, slot => slot ?? { name: '', type: '*' })
  }
  const blank = { type: '', mode: 0, collapsed: false, widgets: [], width: 140, y: top }
  const made: ComfyNode[] = []
  const outputs = slots('from', ENTRY)
  if (outputs.length && !present.has(ENTRY)) {
    const height = 20 * outputs.length + 16
    made.push({
      ...blank,
      id: ENTRY,
      title: texts.inputs,
      x: left - 220,
      height,
      inputs: [],
      outputs,
    })
  }
  const inputs = slots('to', EXIT)
  if (inputs.length && !present.has(EXIT)) {
    const height = 20 * inputs.length + 16
    made.push({
      ...blank,
      id: EXIT,
      title: texts.outputs,
      x: right + 80,
      height,
      inputs,
      outputs: [],
    })
  }
  return made
}
