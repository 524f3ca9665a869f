/** Finding nodes of the open workflow: by title, type, value, note and error. No React. */
import type { DocumentNode } from '../../api/document'
import type { Session } from '../session'
import { texts } from '../texts'

export interface Match {
  id: string
  title: string
  /** Where it was found, when it is not the title: a field with its value, the type, the error. */
  detail: string
  /** The port type that colors it. */
  kind: string
}

/** More than this no one steps through. */
const MOST = 200
/** Characters of a value that are shown around a hit. */
const AROUND = 24

/** The nodes in which all words occur, those first that are called so. */
export function matchesOf(session: Session, query: string): Match[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return []
  const byTitle: Match[] = []
  const others: Match[] = []
  for (const node of session.store.document.nodes) {
    const found = matchOf(session, node, words)
    if (found) (found.detail ? others : byTitle).push(found)
    if (byTitle.length + others.length >= MOST) break
  }
  return [...byTitle, ...others]
}

function matchOf(session: Session, node: DocumentNode, words: readonly string[]): Match | null {
  const { catalog, runs } = session
  const type = catalog.get(node.type)
  const title = session.titleOf(node.id)
  const match = { id: node.id, title, kind: catalog.colorType(type) }
  const has = (text: string) => words.every(word => text.includes(word))
  if (has(title.toLowerCase())) return { ...match, detail: '' }
  const typeName = type?.name ?? node.type
  if (has(`${typeName} ${node.type} ${type?.category ?? ''}`.toLowerCase())) {
    return { ...match, detail: typeName }
  }
  const { message, reason } = runs.node(node.id)
  const error = message || reason
  if (error && has(error.toLowerCase())) {
    return { ...match, detail: texts.foundIn(texts.errorWord, around(error, words)) }
  }
  for (const [name, value] of Object.entries(node.data)) {
    if (name === 'label') continue
    for (const text of textsIn(value)) {
      if (!has(text.toLowerCase())) continue
      const label = type?.inputs.find(input => input.name === name)?.label || name
      return { ...match, detail: texts.foundIn(label, around(text, words)) }
    }
  }
  // Words may be spread over the title, the type and the values.
  const all = [
    title,
    typeName,
    error,
    ...Object.values(node.data).flatMap(value => [...textsIn(value)]),
  ]
  return has(all.join(' ').toLowerCase()) ? { ...match, detail: typeName } : null
}

/** The texts and numbers in a value, as far as a user would search them. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value.slice(0, 20_000)
  else if (typeof value === 'number' || typeof value === 'boolean') yield String(value)
  else if (Array.isArray(value)) for (const item of value.slice(0, 200)) yield* textsIn(item)
  else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value).slice(0, 200)) yield* textsIn(item)
  }
}

/** The part of a text around the first word. */
function around(text: string, words: readonly string[]): string {
  const at = text.toLowerCase().indexOf(words[0] as string)
  const start = Math.max(0, at - AROUND)
  const end = at + AROUND * 2
  const part = text.slice(start, end).replaceAll(/\s+/g, ' ')
  return `${start > 0 ? '…' : ''}${part}${end < text.length ? '…' : ''}`
}
