/** What is shown of workflow files. No React. */

import type { Format, Imported } from '../api/schema'
import { texts } from './texts'

export const FORMATS: Readonly<Record<Format | 'bundle', { name: string; about: string }>> = {
  bundle: { name: texts.patchbayWithMedia, about: texts.aZip },
  patchbay: { name: 'Patchbay', about: texts.theWorkflowAlone },
  fal: { name: 'fal', about: texts.forFal },
  comfy: { name: 'ComfyUI', about: texts.theComfyuiGraph },
}

/** Say what a file holds: "A fal workflow with 5 nodes and 6 connections." */
export function contentOf({ format, document }: Imported): string {
  const { name } = FORMATS[format]
  const inside = innerNodes(document.nodes)
  if (inside) return texts.aWorkflowWith(name, texts.nodes(inside))
  const { nodes, edges } = document
  return texts.aWorkflowWithBoth(name, texts.nodes(nodes.length), texts.connections(edges.length))
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

/** Whether there is anything to show before a file is used. */
export const hasNotes = ({ warnings, removed }: Imported) => warnings.length + removed.length > 0
