/** Run the selected nodes and all that follows them, with what that needs. */
import { ArrowRightFromLine } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'
import { canRunSelection, ofSelection } from './ofSelection'

export const runFrom: Action = {
  id: 'run-from',
  label: texts.runFromHere,
  shortcut: 'Alt+Shift+Enter',
  icon: ArrowRightFromLine,
  menus: ['node'],
  when: canRunSelection,
  run(session) {
    const options = ofSelection(session, 'from')
    if (options) void session.runner.run(options)
  },
}
