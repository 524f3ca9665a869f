/** Run the selected nodes and nothing else, on the results that feed them already have. */
import { ScanLine } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'
import { canRunSelection, ofSelection, runnable } from './ofSelection'

export const runAlone: Action = {
  id: 'run-alone',
  label: texts.runOnly(1),
  named: session => texts.runOnly(runnable(session).length),
  shortcut: 'Alt+Enter',
  icon: ScanLine,
  menus: ['node'],
  when: canRunSelection,
  run(session) {
    const options = ofSelection(session, 'alone')
    if (options) void session.runner.run(options)
  },
}
