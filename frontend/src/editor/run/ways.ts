/** The ways to run: each is an action, and what it requests from the server. */
import type { RunOptions } from '../../api/results'
import type { Action } from '../actions/action'
import { ofSelection, runnable } from '../actions/run/ofSelection'
import { runAgain } from '../actions/run/runAgain'
import { runAll } from '../actions/run/runAll'
import { runAlone } from '../actions/run/runAlone'
import { runFrom } from '../actions/run/runFrom'
import { runNode } from '../actions/run/runNode'
import { againHere, runNodeAgain } from '../actions/run/runNodeAgain'
import type { Session } from '../session'
import { texts as editorTexts } from '../texts'
import { texts } from './texts'

export interface Way {
  action: Action
  label: (session: Session) => string
  /** The options of the run; null: there is nothing to run. */
  options: (session: Session) => RunOptions | null
}

export const WAYS: readonly Way[] = [
  { action: runAll, label: () => texts.run, options: () => ({}) },
  {
    action: runAlone,
    label: session => editorTexts.runOnly(runnable(session).length),
    options: session => ofSelection(session, 'alone'),
  },
  { action: runNode, label: () => editorTexts.runToHere, options: session => ofSelection(session) },
  {
    action: runFrom,
    label: () => editorTexts.runFromHere,
    options: session => ofSelection(session, 'from'),
  },
  { action: runNodeAgain, label: () => editorTexts.runTheseAgain, options: againHere },
  { action: runAgain, label: () => editorTexts.runWithoutCache, options: () => ({ force: true }) },
]
