/** Copy the selected nodes and remove them. */
import { Scissors } from 'lucide-react'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

export const cut: Action = {
  id: 'cut',
  label: texts.cut,
  shortcut: '$mod+x',
  icon: Scissors,
  menus: ['node'],
  when: session => canEdit(session) && selection(session).length > 0,
  run: () => void document.execCommand('cut'),
}
