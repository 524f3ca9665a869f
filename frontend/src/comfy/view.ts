/** A ComfyUI file as it is drawn (`POST /api/comfy/view`): reading it, and its parts. */
import { call } from '../api/client'
import type { Json } from '../api/document'
import type { ComfyNode, ComfyPorts, ComfySubgraph, ComfyView } from '../api/schema'

/** What is on the canvas of a file, or on that of a subgraph. */
export type ComfyCanvas = Pick<ComfyView, 'nodes' | 'links' | 'groups'>

/** Draw a file. Throws ApiError (400 says what was expected). */
export const graphView = (graph: Json) =>
  call<ComfyView>('/api/comfy/view', { method: 'POST', body: { graph } })

/** Read what of a file can be a port. Throws ApiError (400 says what was expected). */
export const graphPorts = (graph: Json) =>
  call<ComfyPorts>('/api/comfy/ports', { method: 'POST', body: { graph } })

const keys = new WeakMap<object, number>()
let made = 0

/** A key by which the drawing of this file is found again; the same object has the same key. */
export function keyOf(graph: object): number {
  let key = keys.get(graph)
  if (key === undefined) {
    key = ++made
    keys.set(graph, key)
  }
  return key
}

/** The types of the two nodes that are the ends of a subgraph. */
const INPUT_END = 'subgraph inputs'
const OUTPUT_END = 'subgraph outputs'

/** Return whether a node is one of the two ends of a subgraph: it does not run. */
export function isEnd(node: ComfyNode): boolean {
  return node.type === INPUT_END || node.type === OUTPUT_END
}

/** Return whether a node is drawn as a note. */
export function isNote(node: ComfyNode): boolean {
  return typeof node.note === 'string'
}

/** The subgraph a node is an instance of. */
export function insideOf(view: ComfyView, node: ComfyNode): ComfySubgraph | null {
  return (Object.hasOwn(view.subgraphs, node.type) && view.subgraphs[node.type]) || null
}

/** What a node is called: the title it was given, else its subgraph's name, else its class. */
export function titleOf(view: ComfyView, node: ComfyNode): string {
  const inside = insideOf(view, node)
  return (
    (inside && node.title === node.type ? inside.name : node.title) || inside?.name || node.type
  )
}

/** Where a value really is: the node that runs with it, and the name it has there. */
export interface Target {
  node: string
  input: string
}

/**
 * Find where a value of a node is. What a subgraph shows of its inside is the inner node's. Null for
 * a value without a name, and where the way inside is not to be seen in the file.
 */
export function targetOf(
  view: ComfyView,
  way: readonly string[],
  node: ComfyNode,
  name: string,
): Target | null {
  if (!name || way.length > DEEPEST) return null
  const inside = insideOf(view, node)
  if (!inside) return { node: executionId(way, node.id), input: name }
  const end = inside.nodes.find(candidate => candidate.type === INPUT_END)
  const slot = end?.outputs.findIndex(output => output.name === name) ?? -1
  const link = inside.links.find(found => found.from === end?.id && found.fromSlot === slot)
  const inner = link && inside.nodes.find(candidate => candidate.id === link.to)
  const socket = link && inner?.inputs[link.toSlot]
  return socket ? targetOf(view, [...way, node.id], inner, socket.name) : null
}

/** The canvas a way of instance ids leads to; null when it leads nowhere. */
export function canvasAt(view: ComfyView, way: readonly string[]): ComfyCanvas | null {
  let canvas: ComfyCanvas = view
  for (const id of way) {
    const node = canvas.nodes.find(candidate => candidate.id === id)
    const inside = node && insideOf(view, node)
    if (!inside) return null
    canvas = inside
  }
  return canvas
}

/** The id a node runs under: those of the subgraph instances around it in front of its own. */
export function executionId(way: readonly string[], id: string): string {
  return [...way, id].join(':')
}

/** The way to a node and its own id, from the id it runs under. */
export function wayTo(execution: string): { way: string[]; id: string } {
  const way = execution.split(':')
  return { id: way.pop() ?? '', way }
}

const MOST_NODES = 20_000
const DEEPEST = 12

/** Every node with the way to it, subgraphs opened up; each instance counts by itself. */
export function* everyNode(
  view: ComfyView,
): Generator<{ node: ComfyNode; way: readonly string[]; names: readonly string[] }> {
  let count = 0
  const stack: { canvas: ComfyCanvas; way: string[]; names: string[] }[] = [
    { canvas: view, way: [], names: [] },
  ]
  for (let here = stack.pop(); here; here = stack.pop()) {
    for (const node of here.canvas.nodes) {
      if (++count > MOST_NODES) return
      if (isEnd(node)) continue
      yield { node, way: here.way, names: here.names }
      const inside = insideOf(view, node)
      // A file may name a subgraph inside itself, which would never end.
      if (!inside || here.way.length >= DEEPEST) continue
      stack.push({
        canvas: inside,
        way: [...here.way, node.id],
        names: [...here.names, titleOf(view, node)],
      })
    }
  }
}

/** How many nodes a file has, without notes; an instance counts as one. */
export function size(view: ComfyView): { nodes: number; subgraphs: number } {
  return {
    nodes: view.nodes.filter(node => !isNote(node)).length,
    subgraphs: Object.keys(view.subgraphs).length,
  }
}
