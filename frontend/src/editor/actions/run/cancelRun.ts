/** Stop the run that is going on. */
import { Square } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const cancelRun: Action = {
  id: 'cancel-run',
  label: texts.cancelTheRun,
  shortcut: '$mod+.',
  icon: Square,
  when: ({ runs, canRun }) => runs.active && canRun,
  run: ({ runner }) => void runner.cancel(),
}
