/**
 * Undo and redo: one's own steps, each with its inverse, grouped by gesture. Steps of earlier pages
 * and other devices come from the server's log when they are needed (`steps.ts`).
 */
import type { DocumentEdge, DocumentNode, Operation, WorkflowDocument } from '../api/document'
import { uuid } from '../lib/ids'
import { applyFitting } from './operations'

/** Steps that are held in memory; older ones are read from the log again. */
export const STEPS = 500
/** Edits of one group that follow each other within this time are one step. */
export const GROUP_MS = 1000

export interface Step {
  /** The same in the log, whatever changes the step was saved in. */
  id: string
  label: string
  operations: Operation[]
  inverse: Operation[]
  group?: string | undefined
  /** Joins the step before of its group however long ago that was. */
  lasting?: boolean | undefined
  at: number
}

export class History {
  private past: Step[] = []
  private future: Step[] = []
  /** Whether the log may have steps before those that are known here. */
  hasOlder = false

  /**
   * Remember a step; an edit of the same group shortly after the last one joins it. Returns the id
   * of the step that it is part of now.
   */
  record(step: Omit<Step, 'id'>): string {
    this.future = []
    const last = this.past.at(-1)
    const soon = last && (step.lasting || step.at - last.at < GROUP_MS)
    if (last && soon && step.group && last.group === step.group) {
      last.operations = [...last.operations, ...step.operations]
      last.inverse = [...step.inverse, ...last.inverse]
      last.at = step.at
      return last.id
    }
    const id = uuid()
    this.past.push({ ...step, id })
    if (this.past.length > STEPS) {
      this.past.shift()
      this.hasOlder = true
    }
    return id
  }

  /**
   * Put steps of the log below those that are known; `undone` only where nothing was done since.
   * Returns whether there were any that are new.
   */
  extend(older: readonly Step[], undone: readonly Step[]): boolean {
    const known = new Set([...this.past, ...this.future].map(step => step.id))
    const fresh = (step: Step) => !known.has(step.id)
    if (!known.size) this.future.push(...undone.toReversed())
    const added = older.filter(fresh).toReversed()
    this.past.unshift(...added)
    return added.length > 0
  }

  /** Take the last step off to be undone; `redo` puts it back. */
  undo(): Step | undefined {
    const step = this.past.pop()
    if (step) this.future.push(step)
    return step
  }

  redo(): Step | undefined {
    const step = this.future.pop()
    if (step) this.past.push({ ...step, group: undefined })
    return step
  }

  get canUndo(): boolean {
    return this.past.length > 0
  }

  get canRedo(): boolean {
    return this.future.length > 0
  }

  /** What can be undone, by name, the next one first. */
  get labels(): string[] {
    return this.past
      .slice(-12)
      .reverse()
      .map(step => step.label)
  }

  get undoLabel(): string | undefined {
    return this.past.at(-1)?.label
  }

  get redoLabel(): string | undefined {
    return this.future.at(-1)?.label
  }
}

/**
 * Apply the inverse of a step where the document still is as the step has left it. What another
 * user has changed since is left as it is and reported: undo takes back one's own edits alone.
 */
export function takeBack(
  document: WorkflowDocument,
  done: readonly Operation[],
  inverse: readonly Operation[],
): { document: WorkflowDocument; kept: Operation[]; skipped: Operation[] } {
  const kept: Operation[] = []
  const skipped: Operation[] = []
  let current = document
  inverse.forEach((back, i) => {
    const operation = done[done.length - 1 - i]
    if (operation && !isLeft(current, operation)) {
      // The viewport and the order of the cards are not worth a word.
      if (!isView(operation)) skipped.push(back)
      return
    }
    const applied = applyFitting(current, [back])
    current = applied.document
    kept.push(...applied.kept)
    skipped.push(...applied.dropped)
  })
  return { document: current, kept, skipped }
}

const isView = (operation: Operation) =>
  operation.op.endsWith('.order') || (operation.op === 'meta.set' && operation.key === 'viewport')

/** Whether what an operation has set is still so. */
function isLeft({ nodes, edges, ...meta }: WorkflowDocument, operation: Operation): boolean {
  const node = (id: string) => nodes.find(other => other.id === id)
  const edge = (id: string) => edges.find(other => other.id === id)
  switch (operation.op) {
    case 'field.set':
      return alike(node(operation.id)?.data[operation.field], operation.value)
    case 'node.set':
      return alike(keyOf(node(operation.id), operation.key), operation.value)
    case 'edge.set':
      return alike(keyOf(edge(operation.id), operation.key), operation.value)
    case 'meta.set':
      return alike(meta[operation.key], operation.value)
    case 'node.add': {
      const { id } = operation.node
      const inUse = edges.some(({ source, target }) => source === id || target === id)
      return !inUse && alike(node(id), operation.node)
    }
    case 'edge.add':
      return alike(edge(operation.edge.id), operation.edge)
    case 'node.remove':
      return !node(operation.id)
    case 'edge.remove':
      return !edge(operation.id)
    case 'node.order':
    case 'edge.order': {
      const items: readonly { id: string }[] = operation.op === 'node.order' ? nodes : edges
      return (
        items.length === operation.ids.length && items.every(({ id }, i) => id === operation.ids[i])
      )
    }
  }
}

const keyOf = (item: DocumentNode | DocumentEdge | undefined, key: string) =>
  (item as Record<string, unknown> | undefined)?.[key]

/** Whether two JSON values are the same; the order of keys does not matter. */
function alike(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a).filter(([, value]) => value !== undefined)
  const right = b as Record<string, unknown>
  const size = Object.values(right).filter(value => value !== undefined).length
  return left.length === size && left.every(([key, value]) => alike(value, right[key]))
}
