/** Do the last undone step again. */
import { Redo2 } from 'lucide-react'
import { toast } from '../../../lib/toasts'
import { texts } from '../../texts'
import type { Action } from '../action'

export const redo: Action = {
  id: 'redo',
  label: texts.redo,
  shortcut: '$mod+Shift+z',
  alsoKeys: ['$mod+y'],
  icon: Redo2,
  when: ({ store }) => store.canEdit && store.history.canRedo,
  run({ store }) {
    if (store.redo() === undefined) toast(texts.thereIsNothingToRedo)
  },
}
