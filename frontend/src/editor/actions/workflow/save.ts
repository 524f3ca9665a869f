/** Save now instead of in a moment. */
import { Save } from 'lucide-react'
import { toast } from '../../../lib/toasts'
import { type Action, canEdit } from '../action'

export const save: Action = {
  id: 'save',
  label: 'Save now',
  shortcut: '$mod+s',
  icon: Save,
  when: canEdit,
  run: ({ sync }) => void sync.flush().then(done => done && toast('Everything is saved.')),
}
