/** What the nodes of a run are called. No React. */
import type { WorkflowDocument } from '../../api/document'
import type { RunEvent } from '../../api/schema'
import type { Catalog } from '../../catalog/catalog'
import { ownTitle } from '../../catalog/title'

export type TitleOf = (id: string) => string

/**
 * A node's own title if the workflow still has it, else the name of its type, which the journal
 * remembers even when the node is gone.
 */
export function titles(
  events: readonly RunEvent[],
  document: WorkflowDocument | undefined,
  catalog: Catalog | undefined,
): TitleOf {
  const types = new Map<string, string>()
  const own = new Map<string, string>()
  for (const node of document?.nodes ?? []) {
    types.set(node.id, node.type)
    const title = ownTitle(node)
    if (title) own.set(node.id, title)
  }
  for (const event of events) {
    if (!('app_id' in event) || !event.app_id) continue
    if (types.get(event.node_id) !== event.app_id) own.delete(event.node_id)
    types.set(event.node_id, event.app_id)
  }
  return id => {
    const type = types.get(id)
    return own.get(id) ?? (type && catalog?.get(type)?.name) ?? type ?? id
  }
}
