/** Stop the run that is going on. */
import { Square } from 'lucide-react'
import type { Action } from '../action'

export const cancelRun: Action = {
  id: 'cancel-run',
  label: 'Cancel the run',
  shortcut: '$mod+.',
  icon: Square,
  when: ({ runs, store }) => runs.active && store.canEdit,
  run: ({ runner }) => void runner.cancel(),
}
