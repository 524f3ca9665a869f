/** What was done to a workflow, in words; and what versions, nodes and fields are called. */
import type { DocumentNode } from '../../api/document'
import type { Effects, KeptVersion, NamedNode } from '../../api/schema'
import type { Catalog } from '../../catalog/catalog'
import { appTitle, ownTitle } from '../../catalog/title'
import { texts } from './texts'

/** Changed values that a sentence names, and names in one list. */
const MOST = 3
/** Characters of a value in a sentence. */
const SHORT = 40

/** Say in one sentence what was done. */
export function changeSummary(effects: Effects, catalog: Catalog): string {
  const { added, removed, moved, changed, counts } = effects
  const parts = changed.slice(0, MOST).map(row => {
    const field = fieldName(catalog, row.node, row.field)
    const what = row.node ? texts.fieldOfNode(field, nodeName(catalog, row.node)) : field
    const [before, after] = [valueText(row.before), valueText(row.after)]
    const isLong = before.length > SHORT || after.length > SHORT || before === after
    return isLong ? texts.changedLong(what) : texts.changedValue(what, before, after)
  })
  if (counts.changed > MOST) parts.push(texts.moreValues(counts.changed - MOST))
  const named = (nodes: readonly NamedNode[]) => listed(nodes.map(node => nodeName(catalog, node)))
  if (counts.added) {
    parts.push(
      counts.added > MOST ? texts.addedNodes(counts.added) : texts.addedNames(named(added)),
    )
  }
  if (counts.removed) {
    const many = counts.removed > MOST
    parts.push(many ? texts.removedNodes(counts.removed) : texts.removedNames(named(removed)))
  }
  if (counts.moved) {
    parts.push(counts.moved > 1 ? texts.movedNodes(counts.moved) : texts.movedNames(named(moved)))
  }
  if (!counts.added && counts.connected) parts.push(texts.connected(counts.connected))
  if (!counts.removed && counts.disconnected) parts.push(texts.disconnected(counts.disconnected))
  const text = parts.join('; ') || texts.nothingVisible
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** Join names by commas, the last by "and". */
export function listed(names: readonly string[]): string {
  const distinct = [...new Set(names)]
  const last = distinct.pop() ?? ''
  return distinct.length ? texts.and(distinct.join(', '), last) : last
}

export function nodeName(catalog: Catalog, { type, title, id }: NamedNode): string {
  return title || (type ? (catalog.get(type)?.name ?? type) : id)
}

/** The title of a node of a document. */
export function titleOf(catalog: Catalog, node: DocumentNode): string {
  const own = ownTitle(node)
  if (own) return own
  if (node.type === 'falApp' && typeof node.data.app === 'string') return appTitle(node.data.app)
  return catalog.get(node.type)?.name ?? node.type
}

/** What a field of a node is called, or a key of the document. */
export function fieldName(
  catalog: Catalog,
  node: { type: string | null } | null,
  field: string,
): string {
  if (field === 'label') return texts.title
  const plain = field.replace(/^node\./, '')
  const input = catalog.get(node?.type ?? '')?.inputs.find(({ name }) => name === plain)
  if (input?.label) return input.label
  const words = plain.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

/** A value in a few characters; what is no text or number is named by what it holds. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return texts.nothing
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** What a version is called: its number, its name, or how many changes it has. */
export function versionName(
  version: number,
  current: number,
  versions: readonly KeptVersion[],
): string {
  const kept = versions.filter(row => row.version === version)
  const number = kept.find(row => row.number !== null)?.number
  if (version === current && number == null) return texts.draftNow
  if (number != null) return texts.published(number)
  return kept.find(row => row.name)?.name ?? texts.change(version)
}
