/** The ways to run: each is an action, and what it asks of the server. */
import type { RunOptions } from '../../api/results'
import type { Action } from '../actions/action'
import { runAgain } from '../actions/run/runAgain'
import { runAll } from '../actions/run/runAll'
import { fromHere, runFrom } from '../actions/run/runFrom'
import { runNode, untilHere } from '../actions/run/runNode'
import type { Session } from '../session'
import { texts } from '../texts'

export interface Way {
  action: Action
  label: (session: Session) => string
  /** The options of the run; null: there is nothing to run. */
  options: (session: Session) => RunOptions | null
}

export const WAYS: readonly Way[] = [
  { action: runAll, label: () => texts.run, options: () => ({}) },
  {
    action: runNode,
    label: ({ flow }) =>
      flow.state.getState().selected.length === 1 ? texts.runUntilHere : texts.runSelection,
    options: untilHere,
  },
  { action: runFrom, label: () => texts.runFromHere, options: fromHere },
  { action: runAgain, label: () => texts.runWithoutCache, options: () => ({ force: true }) },
]
