/** Run the selected nodes again although their results are known, and what they need. */
import { RotateCw } from 'lucide-react'
import type { RunOptions } from '../../../api/results'
import type { Session } from '../../session'
import { texts } from '../../texts'
import type { Action } from '../action'
import { canRunSelection, runnable } from './ofSelection'

/** The options of such a run; null where none of these nodes runs. */
export function againHere(session: Session): RunOptions | null {
  const only = runnable(session)
  return only.length ? { only, force: only } : null
}

export const runNodeAgain: Action = {
  id: 'run-node-again',
  label: texts.runTheseAgain,
  icon: RotateCw,
  menus: ['node'],
  when: canRunSelection,
  run(session) {
    const options = againHere(session)
    if (options) void session.runner.run(options)
  },
}
