/** A graph as a list in running order, each node under the last of the nodes that feed it. No React. */
import type { DocumentNode, WorkflowDocument } from '../api/document'
import { links } from './graph'
import { nodesById } from './store'

export interface OutlineRow {
  node: DocumentNode
  /** How many nodes it is listed under. */
  depth: number
  /** The nodes that feed it, in the order of their connections. */
  sources: string[]
}

/** The rows of a document; what is in a cycle comes where the document has it. */
export function outlineOf(document: WorkflowDocument): OutlineRow[] {
  const order = runningOrder(document)
  const place = new Map(order.map((id, i) => [id, i]))
  const { into } = links(document)
  const nodes = nodesById(document)
  const sources = new Map<string, string[]>()
  const under = new Map<string | null, string[]>()
  for (const id of order) {
    const from = [...new Set((into.get(id) ?? []).map(edge => edge.source))].filter(
      source => source !== id && nodes.has(source),
    )
    sources.set(id, from)
    const before = from.filter(source => at(place, source) < at(place, id))
    const parent = before.length
      ? before.reduce((a, b) => (at(place, b) > at(place, a) ? b : a))
      : null
    const list = under.get(parent)
    if (list) list.push(id)
    else under.set(parent, [id])
  }
  const rows: OutlineRow[] = []
  const open = (under.get(null) ?? []).map(id => ({ id, depth: 0 })).reverse()
  for (let next = open.pop(); next; next = open.pop()) {
    const { id, depth } = next
    rows.push({ node: nodes.get(id) as DocumentNode, depth, sources: sources.get(id) ?? [] })
    const children = (under.get(id) ?? []).map(child => ({ id: child, depth: depth + 1 }))
    open.push(...children.reverse())
  }
  return rows
}

const at = (place: ReadonlyMap<string, number>, id: string) => place.get(id) ?? -1

function runningOrder(document: WorkflowDocument): string[] {
  const { into, outOf } = links(document)
  const nodes = nodesById(document)
  const missing = new Map(
    document.nodes.map(({ id }) => [
      id,
      (into.get(id) ?? []).filter(edge => edge.source !== id && nodes.has(edge.source)).length,
    ]),
  )
  const ready = document.nodes.filter(({ id }) => !missing.get(id)).map(({ id }) => id)
  const order: string[] = []
  for (let i = 0; i < ready.length; i++) {
    const id = ready[i] as string
    order.push(id)
    for (const { target } of outOf.get(id) ?? []) {
      if (target === id || !missing.has(target)) continue
      const left = (missing.get(target) as number) - 1
      missing.set(target, left)
      if (left === 0) ready.push(target)
    }
  }
  const done = new Set(order)
  return [...order, ...document.nodes.filter(({ id }) => !done.has(id)).map(({ id }) => id)]
}
