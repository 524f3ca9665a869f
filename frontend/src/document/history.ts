/** Undo and redo: a hundred steps, each with its inverse, grouped by gesture. */
import type { Operation } from '../api/document'

export const STEPS = 100
/** Edits of one group that follow each other within this time are one step. */
export const GROUP_MS = 1000

export interface Step {
  label: string
  operations: Operation[]
  inverse: Operation[]
  group?: string
  at: number
}

export class History {
  private past: Step[] = []
  private future: Step[] = []

  /** Remember a step; an edit of the same group shortly after the last one joins it. */
  record(step: Step): void {
    this.future = []
    const last = this.past.at(-1)
    if (last && step.group && last.group === step.group && step.at - last.at < GROUP_MS) {
      last.operations = [...last.operations, ...step.operations]
      last.inverse = [...step.inverse, ...last.inverse]
      last.at = step.at
      return
    }
    this.past.push({ ...step })
    if (this.past.length > STEPS) this.past.shift()
  }

  /** Take the last step off to be undone; `redone` puts it back. */
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

  get undoLabel(): string | undefined {
    return this.past.at(-1)?.label
  }

  get redoLabel(): string | undefined {
    return this.future.at(-1)?.label
  }
}
