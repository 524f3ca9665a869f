/** Save now instead of in a moment. */
import { Save } from 'lucide-react'
import { toast } from '../../../lib/toasts'
import { texts } from '../../texts'
import { type Action, canEdit } from '../action'

export const save: Action = {
  id: 'save',
  label: texts.saveNow,
  shortcut: '$mod+s',
  icon: Save,
  when: canEdit,
  run: ({ sync }) => void sync.flush().then(done => done && toast(texts.everythingIsSaved)),
}
