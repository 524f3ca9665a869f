/** What is told of workflow files. No React. */

import type { Format, Imported } from '../api/schema'
import { count } from '../lib/format'

export const FORMATS: Readonly<Record<Format | 'bundle', { name: string; about: string }>> = {
  bundle: {
    name: 'Patchbay, with media',
    about: 'A ZIP with its images, videos and audio, to open on another Patchbay.',
  },
  patchbay: {
    name: 'Patchbay',
    about: 'The workflow alone, as JSON. Its media stay on this server.',
  },
  fal: {
    name: 'fal',
    about: 'For fal, its clients and its builder.',
  },
  comfy: {
    name: 'ComfyUI',
    about: 'The graph of the ComfyUI node, with what was changed on it.',
  },
}

/** Say what a file holds: "A fal workflow with 5 nodes and 6 wires." */
export function contentOf({ format, document }: Imported): string {
  const article = format === 'comfy' ? 'A ComfyUI' : format === 'fal' ? 'A fal' : 'A Patchbay'
  const inside = innerNodes(document.nodes)
  if (inside) return `${article} workflow with ${count(inside, 'node')}.`
  const nodes = count(document.nodes.length, 'node')
  return `${article} workflow with ${nodes} and ${count(document.edges.length, 'connection')}.`
}

/** How many nodes the graph inside a ComfyUI node has; 0 when there is none. */
function innerNodes(nodes: Imported['document']['nodes']): number {
  const graph = nodes.find(node => node.type === 'comfyWorkflow')?.data.graph
  if (typeof graph !== 'object' || graph === null || Array.isArray(graph)) return 0
  const inner = [graph, graph.workflow, graph.prompt].find(
    part => typeof part === 'object' && part !== null && !Array.isArray(part) && isGraph(part),
  ) as Record<string, unknown> | undefined
  if (!inner) return 0
  return Array.isArray(inner.nodes) ? inner.nodes.length : Object.keys(inner).length
}

const isGraph = (part: Record<string, unknown>) =>
  Array.isArray(part.nodes) ||
  Object.values(part).some(
    node => typeof node === 'object' && node !== null && 'class_type' in node,
  )

/** Whether there is anything to be told before a file is used. */
export const hasNotes = ({ warnings, removed }: Imported) => warnings.length + removed.length > 0
