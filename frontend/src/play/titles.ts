/** The names of a workflow's nodes as a user reads them. No React. */
import type { Catalogue } from '../api/catalog'
import type { WorkflowDocument } from '../api/document'
import { ownTitle } from '../catalog/title'
import { texts } from './texts'

/** A function from a node's id to its title: the author's own, or the name of its type. */
export function stepTitles(
  document: WorkflowDocument | undefined,
  catalog: Catalogue | undefined,
): (id: string) => string {
  const types = new Map(catalog?.nodeTypes.map(type => [type.type, type.name]))
  const titles = new Map(
    document?.nodes.map(node => [
      node.id,
      String(ownTitle(node) || types.get(node.type) || node.type),
    ]),
  )
  return id => titles.get(id) ?? texts.aStep
}
