/** Run the selected nodes and what they need. */
import { Play } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'
import { canRunSelection, ofSelection } from './ofSelection'

export const runNode: Action = {
  id: 'run-node',
  label: texts.runToHere,
  shortcut: '$mod+Enter',
  icon: Play,
  menus: ['node'],
  when: canRunSelection,
  run(session) {
    const options = ofSelection(session)
    if (options) void session.runner.run(options)
  },
}
