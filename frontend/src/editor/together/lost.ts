/**
 * What one's own edits lost to those of others: a value that was replaced, or a node that was
 * deleted, within a few seconds or unseen. Pure but for the clock it is given.
 */
import type { Change, DocumentNode, Json, Operation, WorkflowDocument } from '../../api/document'
import { applyWithInverse, same } from '../../document/operations'
import type { Taken } from '../../document/sync'

/** Edits of one field this close to each other meet, ms. */
export const NEAR_MS = 5000
const REMEMBERED = 200

/** A value of one's own that another one has replaced. */
export interface LostValue {
  kind: 'value'
  key: string
  operation: SetOperation
  mine: unknown
  theirs: unknown
  author: Change['author']
}

/** A node that was deleted while it was edited. */
export interface LostNode {
  kind: 'node'
  key: string
  node: DocumentNode
  /** Brings it back with its connections, as it was and with one's own edits on it. */
  operations: Operation[]
  author: Change['author']
}

export type Lost = LostValue | LostNode
type SetOperation = Extract<Operation, { op: 'field.set' | 'node.set' | 'edge.set' | 'meta.set' }>

interface Own {
  operation: Operation
  version: number
  at: number
}

/** What is set, as a key; undefined where nothing is, or where it is no matter of two values. */
function keyOf(operation: Operation): string | undefined {
  switch (operation.op) {
    case 'field.set':
      return `${operation.id}\n${operation.field}`
    case 'meta.set':
      return operation.key === 'viewport' ? undefined : `\n${operation.key}`
    case 'node.set':
      return operation.key === 'position' ? undefined : `${operation.id}\n\n${operation.key}`
    default:
      return undefined
  }
}

export class Losses {
  private readonly own = new Map<string, Own>()

  constructor(private readonly now: () => number = Date.now) {}

  /** Take note of a change of the log; returns what it costs of one's own. */
  take({ change, before, own }: Taken): Lost[] {
    if (own) {
      for (const operation of change.operations) this.remember(operation, change.version)
      return []
    }
    return change.operations.flatMap(operation =>
      operation.op === 'node.remove'
        ? this.node(operation.id, change, before)
        : this.value(operation, change),
    )
  }

  private remember(operation: Operation, version: number): void {
    const key = keyOf(operation)
    if (key === undefined) return
    this.own.delete(key)
    this.own.set(key, { operation, version, at: this.now() })
    if (this.own.size > REMEMBERED) this.own.delete(this.own.keys().next().value ?? '')
  }

  private met(mine: Own, change: Change): boolean {
    return change.baseVersion < mine.version || this.now() - mine.at < NEAR_MS
  }

  private value(operation: Operation, change: Change): Lost[] {
    const key = keyOf(operation)
    const mine = key === undefined ? undefined : this.own.get(key)
    if (key === undefined || !mine) return []
    this.own.delete(key)
    const yours = mine.operation as SetOperation
    const { value: theirs } = operation as SetOperation
    if (!this.met(mine, change) || same(yours.value, theirs)) return []
    const { author } = change
    return [{ kind: 'value', key, operation: yours, mine: yours.value, theirs, author }]
  }

  private node(id: string, change: Change, before: WorkflowDocument): Lost[] {
    const node = before.nodes.find(node => node.id === id)
    const edited = [...this.own].some(
      ([key, mine]) => key.startsWith(`${id}\n`) && this.met(mine, change),
    )
    return node && edited ? [lostNode(node, change, before, [])] : []
  }
}

/** What brings a deleted node back: itself, its connections, and edits that found it gone. */
export function lostNode(
  node: DocumentNode,
  change: Change,
  before: WorkflowDocument,
  edits: readonly Operation[],
): LostNode {
  const back = applyWithInverse(before, change.operations).inverse.filter(
    operation =>
      (operation.op === 'node.add' && operation.node.id === node.id) ||
      (operation.op === 'edge.add' &&
        (operation.edge.source === node.id || operation.edge.target === node.id)),
  )
  const operations = [
    ...back.filter(({ op }) => op === 'node.add'),
    ...back.filter(({ op }) => op !== 'node.add'),
  ]
  return {
    kind: 'node',
    key: node.id,
    node,
    operations: [...operations, ...edits],
    author: change.author,
  }
}

/** A value in a few words. */
export function shortly(value: unknown, empty: string): string {
  if (value === undefined || value === null || value === '') return empty
  const text = typeof value === 'string' ? value : JSON.stringify(value as Json)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
