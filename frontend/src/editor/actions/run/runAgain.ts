/** Run everything without using earlier results. */
import { RefreshCw } from 'lucide-react'
import { texts } from '../../texts'
import { type Action, canRun } from '../action'

export const runAgain: Action = {
  id: 'run-again',
  label: texts.runWithoutCache,
  icon: RefreshCw,
  menus: ['canvas'],
  when: session => canRun(session) && !session.runs.active,
  run: ({ runner }) => void runner.run({ force: true }),
}
