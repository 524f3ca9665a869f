/** What the nodes of a run warned of. No React. */
import type { Execution } from '../../api/schema'
import type { NodeRun } from '../../runs/fold'

export interface NodeWarning {
  node: string
  text: string
}

/**
 * Every warning once for each node, in the order of the nodes: as the server keeps them with the
 * steps, and of a run that goes on as its events say them.
 */
export function warningsOf(
  rows: Execution['nodes'],
  live: ReadonlyMap<string, NodeRun>,
): NodeWarning[] {
  const said = new Map<string, Set<string>>()
  const add = (node: string, texts: readonly string[]) => {
    const known = said.get(node) ?? new Set()
    for (const text of texts) known.add(text)
    said.set(node, known)
  }
  for (const row of rows) add(row.id, row.warnings)
  for (const [id, { warnings }] of live) add(id, warnings)
  return [...said].flatMap(([node, texts]) => [...texts].map(text => ({ node, text })))
}
