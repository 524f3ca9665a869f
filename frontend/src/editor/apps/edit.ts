/** Edits of the entries of an app and of a result object: values, references and their edges. */

import type { Connection } from '@xyflow/react'
import type { DocumentEdge, DocumentNode, Json, JsonObject, Operation } from '../../api/document'
import type { RequestField } from '../../api/schema'
import { requestFields, sources } from '../../catalog/ports'
import { links, reach } from '../../document/graph'
import { freshId } from '../../lib/ids'
import type { Session } from '../session'
import { texts as editorTexts } from '../texts'
import { entriesKey, entriesOf, entryHandle, entryOf, pathFor, recordOf } from './entries'
import { sourcesIn, without } from './references'
import { texts } from './texts'

/** The ports by which nodes of fal give their response, whole. */
const RESULTS: Readonly<Record<string, string>> = { falApp: 'output', falOutput: 'result' }

/** Set one entry, or with undefined take it away. */
export function setEntry(session: Session, id: string, name: string, value?: Json): void {
  const node = session.store.node(id)
  const key = node && entriesKey(session.catalog.get(node.type))
  if (!node || !key) return
  const { [name]: _old, ...others } = recordOf(node, key) ?? {}
  const record = value === undefined ? others : { ...(recordOf(node, key) ?? {}), [name]: value }
  session.store.edit(withRecord(session, node, key, record), {
    label: editorTexts.changeName(name),
    group: `entry ${id} ${name}`,
  })
}

/** Set all entries at once, as JSON. */
export function setRecord(session: Session, id: string, value: Json | undefined): void {
  const node = session.store.node(id)
  const key = node && entriesKey(session.catalog.get(node.type))
  if (!node || !key) return
  session.store.edit(withRecord(session, node, key, value), {
    label: texts.changeTheInput,
    group: `entries ${id}`,
  })
}

/** Draw a connection to an entry: it becomes a reference to what the connection brings. */
export function connectEntry(session: Session, connection: Connection, group?: string): void {
  const node = session.store.node(connection.target)
  const from = session.store.node(connection.source)
  const key = node && entriesKey(session.catalog.get(node.type))
  const record = node && key && recordOf(node, key)
  if (!node || !from || !key || !record) return
  const wanted = entryOf(connection.targetHandle) ?? ''
  const app = session.apps.get(node.data.app)
  const field = entriesOf(node, key, app).find(entry => entry.field.name === wanted)?.field
  const port = String(connection.sourceHandle ?? '').replace(/-out$/, '')
  const source = sourceOf(session, from, port)
  const path = RESULTS[from.type] ? pathFor(field, session.apps.get(from.data.app)) : ''
  const name =
    wanted || freshName(record, path.split('.')[0] || source.split('.').at(-1) || 'value')
  const reference = `$${source}${path && `.${path}`}`
  const data = { ...node.data, sources: [...new Set([...sources(node.data), source])] }
  const value = { ...record, [name]: reference }
  const operations = withRecord(session, { ...node, data }, key, value, {
    source,
    connection,
  })
  session.store.edit(operations, { label: editorTexts.connect, group })
}

/** The operations that leave out, with these edges, the references that came over them. */
export function withoutReferences(session: Session, gone: readonly DocumentEdge[]): Operation[] {
  const ids = new Set(gone.map(edge => edge.id))
  const targets = new Set(gone.map(edge => edge.target))
  return [...targets].flatMap((id): Operation[] => {
    const node = session.store.node(id)
    const key = node && entriesKey(session.catalog.get(node.type))
    if (!node || !key) return []
    const known = sources(node.data)
    const lost = known.filter(source => {
      const edges = edgesOf(session, id, source)
      return edges.length > 0 && edges.every(edge => ids.has(edge.id))
    })
    if (!lost.length) return []
    let value: Json | undefined = node.data[key]
    for (const source of lost) if (value !== undefined) value = without(value, source, known)
    return [
      { op: 'field.set', id, field: key, value },
      { op: 'field.set', id, field: 'sources', value: known.filter(one => !lost.includes(one)) },
    ]
  })
}

/** The edges that bring what a node's references to a source start from. */
function edgesOf(session: Session, id: string, source: string): DocumentEdge[] {
  const handles = new Set<unknown>([`$${source}`, `$${source}-in`])
  const into = links(session.store.document).into.get(id) ?? []
  return into.filter(edge => handles.has(edge.targetHandle))
}

/**
 * The operations that give a node another record. What its references start from follows: a name
 * that is a node's id, or a field of the request, gets an edge, one no longer used loses it.
 */
function withRecord(
  session: Session,
  node: DocumentNode,
  key: string,
  value: Json | undefined,
  drawn?: { source: string; connection: Connection },
): Operation[] {
  const { document } = session.store
  const { id } = node
  const known = sources(node.data)
  const behind = reach(document, [id], 'down')
  const possible = new Map(
    document.nodes
      .filter(other => !behind.has(other.id))
      .flatMap(other => offersOf(other).map(([source, port]) => [source, { other, port }])),
  )
  const used = sourcesIn(value, [...new Set([...known, ...possible.keys()])])
  const operations: Operation[] = [{ op: 'field.set', id, field: key, value }]
  const before = sources((session.store.node(id) ?? node).data)
  if (used.length !== before.length || used.some((source, i) => source !== before[i])) {
    operations.push({ op: 'field.set', id, field: 'sources', value: used })
  }
  for (const source of used) {
    if (edgesOf(session, id, source).length) continue
    const from = possible.get(source)
    const edge =
      drawn?.source === source
        ? { source: drawn.connection.source, sourceHandle: drawn.connection.sourceHandle }
        : from && { source: from.other.id, sourceHandle: `${from.port}-out` }
    if (!edge) continue
    operations.push({
      op: 'edge.add',
      edge: { id: freshId('edge'), ...edge, target: id, targetHandle: `$${source}-in` },
    })
  }
  for (const source of before.filter(one => !used.includes(one))) {
    for (const edge of edgesOf(session, id, source)) {
      operations.push({ op: 'edge.remove', id: edge.id })
    }
  }
  return operations
}

/** The sources that a node offers by name, with the port each comes from. */
function offersOf(node: DocumentNode): [string, string][] {
  if (node.type === 'requestInput') {
    const fields = requestFields(node.data).map((field): [string, string] => [
      `input.${field.name}`,
      field.name,
    ])
    return [...fields, ['input', 'params']]
  }
  const result = RESULTS[node.type]
  return result ? [[node.id, result]] : []
}

/** The name by which references call what a port gives. */
function sourceOf(session: Session, from: DocumentNode, port: string): string {
  const offered = offersOf(from).find(([, name]) => name === port)
  if (offered) return offered[0]
  const type = session.catalog.get(from.type)
  return type && type.outputs.length === 1 ? from.id : `${from.id}.${port}`
}

function freshName(record: JsonObject, wanted: string): string {
  const base = wanted.replaceAll(/[^A-Za-z0-9_]+/g, '_') || 'value'
  let name = base
  for (let i = 2; name in record; i += 1) name = `${base}_${i}`
  return name
}

/** The entry of a node that a connection dropped on it feeds, as a handle; null when none suits. */
export function entryFor(
  session: Session,
  node: DocumentNode,
  fits: (field: RequestField) => boolean,
): string | null {
  const key = entriesKey(session.catalog.get(node.type))
  if (!key || !recordOf(node, key)) return null
  const empty = entriesOf(node, key, session.apps.get(node.data.app)).filter(
    entry => entry.value === undefined,
  )
  const found = empty.find(entry => fits(entry.field)) ?? empty.find(entry => entry.field.required)
  return `${entryHandle(found?.field.name ?? '')}-in`
}
