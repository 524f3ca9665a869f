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
  'createdAt',
  'updatedAt',
  'estimatedCreditCost',
  'version',
  'canEdit',
  'removed',
  'formats',
  'appId',
  'nodeCount',
  'lastRun',
  'template',
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
 * Apply what still fits: an operation whose target is gone is left out and reported, a place in a
 * list that has become shorter is moved to its end. Used to put own edits on top of others'.
 */
export function applyFitting(
  document: WorkflowDocument,
  operations: readonly Operation[],
): { document: WorkflowDocument; kept: Operation[]; dropped: Operation[] } {
  try {
    return { document: apply(document, operations), kept: [...operations], dropped: [] }
  } catch {
    // At least one does not fit: go one by one to find which.
  }
  const kept: Operation[] = []
  const dropped: Operation[] = []
  let current = document
  for (const operation of operations) {
    const candidate = clamped(current, operation)
    try {
      current = apply(current, [candidate])
      kept.push(candidate)
    } catch {
      dropped.push(operation)
    }
  }
  return { document: current, kept, dropped }
}

function clamped(document: WorkflowDocument, operation: Operation): Operation {
  if (operation.op !== 'node.add' && operation.op !== 'edge.add') return operation
  const last = operation.op === 'node.add' ? document.nodes.length : document.edges.length
  if (operation.index === undefined || operation.index <= last) return operation
  return { ...operation, index: last }
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
        if (wantInverse) inverse.push({ op: 'node.add', node, index })
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
        if (wantInverse) inverse.push({ op: 'edge.add', edge, index })
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
