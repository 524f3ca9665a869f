/**
 * Applying and inverting operations on a document. Same vocabulary and meaning as the server's
 * `workflows/graph/operations.py`; nothing here changes what it is given.
 */
import type { DocumentEdge, DocumentNode, Operation, WorkflowDocument } from '../api/document'
import { BadOperation, Draft, type Keyed } from './draft'

/** Top-level keys that only the server writes; `meta.set` refuses them. */
export const READ_ONLY: ReadonlySet<string> = new Set([
  'nodes',
  'edges',
  'slug',
  'folderId',
  'isTemplate',
  'createdBy',
  'role',
  'sharedBy',
  'createdAt',
  'updatedAt',
  'estimatedCreditCost',
  'version',
  'epoch',
  'canEdit',
  'removed',
  'formats',
  'appId',
  'nodeCount',
  'lastRun',
  'template',
  'copiedFrom',
])

function withKey<T extends object>(object: T, key: string, value: unknown): T {
  if (value !== undefined) return { ...object, [key]: value }
  const { [key as keyof T]: _gone, ...rest } = object
  return rest as T
}

/** Apply the operations in order and return the new document. Throws BadOperation. */
export function apply(
  document: WorkflowDocument,
  operations: readonly Operation[],
): WorkflowDocument {
  return run(document, operations, false).document
}

/**
 * Apply the operations in order and return the new document with their inverse: applied after them
 * it gives the document back exactly, the order of nodes and edges included. Throws BadOperation.
 */
export function applyWithInverse(
  document: WorkflowDocument,
  operations: readonly Operation[],
): { document: WorkflowDocument; inverse: Operation[] } {
  const done = run(document, operations, true)
  return { document: done.document, inverse: done.inverse.reverse() }
}

/**
 * Apply operations that were made on an older document, by the server's rules (`apply_rebased`):
 * what is done already is left out, places and orders are made to fit, a removed node takes its
 * newer edges along. An operation whose target is gone is reported.
 */
export function applyFitting(
  document: WorkflowDocument,
  operations: readonly Operation[],
): { document: WorkflowDocument; kept: Operation[]; dropped: Operation[] } {
  const kept: Operation[] = []
  const dropped: Operation[] = []
  let current = document
  for (const operation of operations) {
    try {
      const fitting = fit(current, operation)
      current = apply(current, fitting)
      kept.push(...fitting)
    } catch {
      dropped.push(operation)
    }
  }
  return { document: current, kept, dropped }
}

/** What an operation on an older document comes to on this one. */
function fit({ nodes, edges }: WorkflowDocument, operation: Operation): Operation[] {
  const list: Keyed[] = operation.op.startsWith('edge') ? edges : nodes
  const mustExist = (id: unknown) => {
    if (!nodes.some(node => node.id === id)) throw new BadOperation(0, 'id', id, 'the id of a node')
  }
  switch (operation.op) {
    case 'node.remove':
    case 'edge.remove': {
      const { id, op } = operation
      if (!list.some(item => item.id === id)) return []
      const loose =
        op === 'node.remove' ? edges.filter(e => e.source === id || e.target === id) : []
      return [...loose.map(edge => ({ op: 'edge.remove' as const, id: edge.id })), operation]
    }
    case 'node.add':
    case 'edge.add': {
      const item = operation.op === 'node.add' ? operation.node : operation.edge
      const known = list.find(({ id }) => id === item.id)
      if (known && same(known, item)) return []
      if (operation.op === 'edge.add') {
        mustExist(operation.edge.source)
        mustExist(operation.edge.target)
      }
      const late = (operation.index ?? 0) > list.length
      return [late ? { ...operation, index: list.length } : operation]
    }
    case 'node.order':
    case 'edge.order': {
      const there = new Set(list.map(({ id }) => id))
      return [
        {
          ...operation,
          ids: [...new Set([...operation.ids.filter(id => there.has(id)), ...there])],
        },
      ]
    }
    case 'edge.set':
      if (operation.key === 'source' || operation.key === 'target') mustExist(operation.value)
  }
  return [operation]
}

/** Whether two JSON values are equal, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => key in b && same(a[key as keyof object], b[key as keyof object]))
  )
}

function run(document: WorkflowDocument, operations: readonly Operation[], wantInverse: boolean) {
  const nodes = new Draft<DocumentNode>(document.nodes, 'node')
  const edges = new Draft<DocumentEdge>(document.edges, 'edge')
  const inverse: Operation[] = []
  let meta: WorkflowDocument = document

  const setKey = <T extends Keyed>(
    draft: Draft<T>,
    op: 'node.set' | 'edge.set',
    id: string,
    key: string,
    value: unknown,
    i: number,
  ) => {
    const refused = op === 'node.set' ? ['id', 'data'] : ['id']
    if (typeof key !== 'string' || refused.includes(key)) {
      throw new BadOperation(i, 'key', key, `a key other than ${refused.join(' and ')}`)
    }
    const [before, place] = draft.find(id, i)
    if (wantInverse) inverse.push({ op, id, key, ...was(before, key) })
    draft.replace(place, withKey(before, key, value))
  }

  operations.forEach((operation, i) => {
    switch (operation.op) {
      case 'node.add':
        nodes.add(operation.node, operation.index, i)
        if (wantInverse) inverse.push({ op: 'node.remove', id: operation.node.id })
        break
      case 'node.remove': {
        const [node, index] = nodes.find(operation.id, i)
        nodes.remove(operation.id, i)
        if (wantInverse) inverse.push({ op: 'node.add', node, ...placeOf(nodes, index) })
        break
      }
      case 'node.set':
        setKey(nodes, 'node.set', operation.id, operation.key, operation.value, i)
        break
      case 'field.set': {
        const { id, field } = operation
        if (typeof field !== 'string') {
          throw new BadOperation(i, 'field', field, 'the name of a field')
        }
        const [node, place] = nodes.find(id, i)
        if (wantInverse) inverse.push({ op: 'field.set', id, field, ...was(node.data, field) })
        nodes.replace(place, { ...node, data: withKey(node.data, field, operation.value) })
        break
      }
      case 'edge.add':
        edges.add(operation.edge, operation.index, i)
        if (wantInverse) inverse.push({ op: 'edge.remove', id: operation.edge.id })
        break
      case 'edge.remove': {
        const [edge, index] = edges.find(operation.id, i)
        edges.remove(operation.id, i)
        if (wantInverse) inverse.push({ op: 'edge.add', edge, ...placeOf(edges, index) })
        break
      }
      case 'edge.set':
        setKey(edges, 'edge.set', operation.id, operation.key, operation.value, i)
        break
      case 'meta.set':
        if (typeof operation.key !== 'string' || READ_ONLY.has(operation.key)) {
          throw new BadOperation(i, 'key', operation.key, 'a key that may be written')
        }
        if (wantInverse)
          inverse.push({ op: 'meta.set', key: operation.key, ...was(meta, operation.key) })
        meta = withKey(meta, operation.key, operation.value)
        break
      case 'node.order':
      case 'edge.order': {
        const draft = operation.op === 'node.order' ? nodes : edges
        if (wantInverse) inverse.push({ op: operation.op, ids: draft.items.map(item => item.id) })
        draft.order(operation.ids, i)
        break
      }
      default:
        throw new BadOperation(i, 'op', (operation as { op: unknown }).op, 'a known operation')
    }
  })
  const same = nodes.items === document.nodes && edges.items === document.edges
  const changed =
    same && meta === document ? document : { ...meta, nodes: nodes.items, edges: edges.items }
  return { document: changed, inverse }
}

/** Where an item goes back to that was removed: the last one to the end, whatever is there then. */
const placeOf = ({ items }: { items: readonly Keyed[] }, index: number) =>
  index === items.length ? {} : { index }

function was(object: object, key: string): { value?: unknown } {
  const value = (object as Record<string, unknown>)[key]
  return value === undefined ? {} : { value }
}

/**
 * Fold repeated sets of the same thing into the last one, so that a burst of typing is sent as one
 * operation. The order of different operations stays.
 */
export function compact(operations: readonly Operation[]): Operation[] {
  const kept: Operation[] = []
  const seen = new Set<string>()
  for (const operation of operations.toReversed()) {
    const key = setKeyOf(operation)
    if (key) {
      if (seen.has(key)) continue
      seen.add(key)
    } else {
      // Adding, removing or ordering may depend on what came before: nothing folds across it.
      seen.clear()
    }
    kept.push(operation)
  }
  return kept.reverse()
}

function setKeyOf(operation: Operation): string | null {
  switch (operation.op) {
    case 'field.set':
      return `f ${operation.id} ${operation.field}`
    case 'node.set':
    case 'edge.set':
      return `${operation.op} ${operation.id} ${operation.key}`
    case 'meta.set':
      return `m ${operation.key}`
    default:
      return null
  }
}
