/** Take back the last step. */
import { Undo2 } from 'lucide-react'
import { toast } from '../../../lib/toasts'
import { texts } from '../../texts'
import type { Action } from '../action'

export const undo: Action = {
  id: 'undo',
  label: texts.undo,
  shortcut: '$mod+z',
  icon: Undo2,
  when: ({ store }) => store.canEdit && (store.history.canUndo || store.history.hasOlder),
  async run({ store }) {
    if (!store.history.canUndo) await store.readOlder()
    if (store.undo() === undefined) toast(texts.thereIsNothingToUndo)
  },
}
