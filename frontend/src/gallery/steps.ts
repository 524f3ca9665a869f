/** What a workflow does, as a row of words: the names of its nodes in the order they run. No React. */
import type { DocumentNode, WorkflowDocument } from '../api/document'
import type { Catalog } from '../catalog/catalog'
import { appTitle } from '../catalog/title'
import { links } from '../document/graph'

/** Nodes that take in and give out; the words are about what happens between. */
const ENDS = new Set([
  'requestInput',
  'responseOutput',
  'falOutput',
  'preview',
  'upload',
  'uploadVideo',
  'uploadAudio',
  'textBox',
])

/** The names in order of the edges; a name that comes several times is said once, with its number. */
export function stepsOf(document: WorkflowDocument, catalog: Catalog): string[] {
  const times = new Map<string, number>()
  for (const node of inOrder(document)) {
    const type = catalog.get(node.type)
    if (!type?.runs || ENDS.has(node.type)) continue
    // What matters of a step that calls an app is which app.
    const app = node.type === 'falApp' && typeof node.data.app === 'string' ? node.data.app : ''
    const name = appTitle(app) || type.name
    times.set(name, (times.get(name) ?? 0) + 1)
  }
  return [...times].map(([name, amount]) => (amount > 1 ? `${name} × ${amount}` : name))
}

/** The nodes, each behind those it takes from; those in a cycle come last. */
function inOrder(document: WorkflowDocument): DocumentNode[] {
  const { into, outOf } = links(document)
  const waiting = new Map(document.nodes.map(({ id }) => [id, into.get(id)?.length ?? 0]))
  const open = document.nodes.filter(({ id }) => !waiting.get(id))
  const byId = new Map(document.nodes.map(node => [node.id, node]))
  const ordered: DocumentNode[] = []
  for (let node = open.shift(); node; node = open.shift()) {
    ordered.push(node)
    for (const { target } of outOf.get(node.id) ?? []) {
      const left = (waiting.get(target) ?? 0) - 1
      waiting.set(target, left)
      const next = byId.get(target)
      if (left === 0 && next) open.push(next)
    }
  }
  return [...ordered, ...document.nodes.filter(node => !ordered.includes(node))]
}
