/**
 * Which results are those of the workflow as it is. The server decides it for a document; until it
 * has decided for the one on the page, whatever an edit reaches counts as outdated. No React.
 */
import type { DocumentNode, JsonObject, WorkflowDocument } from '../api/document'
import { links, reach } from '../document/graph'
import { nodesById } from '../document/store'

/** What is known: these nodes' results are up to date for this document. */
export interface Known {
  document: WorkflowDocument
  upToDate: ReadonlySet<string>
}

/** The nodes whose own data or connections differ; titles and places do not count. */
export function changedNodes(before: WorkflowDocument, now: WorkflowDocument): string[] {
  if (before.nodes === now.nodes && before.edges === now.edges) return []
  const old = nodesById(before)
  return now.nodes
    .filter(node => {
      const known = old.get(node.id)
      return (
        !known ||
        !sameData(known, node) ||
        known.mode !== node.mode ||
        known.pinned !== node.pinned ||
        edgesKey(before, node.id) !== edgesKey(now, node.id)
      )
    })
    .map(node => node.id)
}

/** Whether a run of either would do the same; a node that only went may have fed nothing. */
export function sameWork(before: WorkflowDocument, now: WorkflowDocument): boolean {
  return before.nodes.length === now.nodes.length && !changedNodes(before, now).length
}

/** The same knowledge for a newer document: what its changes reach is not up to date. */
export function carried(known: Known, now: WorkflowDocument): Known {
  const changed = changedNodes(known.document, now)
  if (!changed.length) return { document: now, upToDate: known.upToDate }
  const nodes = nodesById(now)
  const holds = (id: string) => nodes.get(id)?.pinned !== undefined
  // What holds its result changes nothing below it, and nothing above changes it.
  const reached = reach(
    now,
    changed.filter(id => !holds(id)),
    'down',
    holds,
  )
  const upToDate = new Set([...known.upToDate].filter(id => !reached.has(id)))
  return { document: now, upToDate }
}

function sameData(a: DocumentNode, b: DocumentNode): boolean {
  if (a.type !== b.type) return false
  return a.data === b.data || JSON.stringify(relevant(a.data)) === JSON.stringify(relevant(b.data))
}

function relevant({ label: _, ...data }: JsonObject): JsonObject {
  return data
}

function edgesKey(document: WorkflowDocument, id: string): string {
  const into = links(document).into.get(id) ?? []
  return into
    .map(edge => JSON.stringify([edge.source, edge.sourceHandle, edge.targetHandle]))
    .join()
}
