/** Hold the results of the selected nodes, whatever changes above them. */
import { Lock } from 'lucide-react'
import { allPinned, pinnable, togglePin } from '../../edits/modes'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

export const pin: Action = {
  id: 'pin',
  label: texts.pin,
  named: session => (allPinned(session, selection(session)) ? texts.unpin : texts.pin),
  shortcut: 'p',
  icon: Lock,
  menus: ['node'],
  when: session => canEdit(session) && pinnable(session, selection(session)).length > 0,
  run: session => togglePin(session, selection(session)),
}
