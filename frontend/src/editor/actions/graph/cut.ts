/** Copy the selected nodes and remove them. */
import { Scissors } from 'lucide-react'
import { type Action, canEdit, selection } from '../action'

export const cut: Action = {
  id: 'cut',
  label: 'Cut',
  shortcut: '$mod+x',
  icon: Scissors,
  menus: ['node'],
  when: session => canEdit(session) && selection(session).length > 0,
  run: () => void document.execCommand('cut'),
}
