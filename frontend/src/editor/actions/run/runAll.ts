/** Run the whole workflow. */
import { Play } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const runAll: Action = {
  id: 'run-all',
  label: texts.runEverything,
  shortcut: '$mod+Shift+Enter',
  // Where no node is selected there is only one thing to run.
  alsoKeys: ['$mod+Enter'],
  icon: Play,
  menus: ['canvas'],
  separated: true,
  when: ({ canRun, runs }) => canRun && !runs.active,
  run: ({ runner }) => void runner.run(),
}
