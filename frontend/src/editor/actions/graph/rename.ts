/** Edit the title of the selected node in place. */
import { Pencil } from 'lucide-react'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

export const rename: Action = {
  id: 'rename',
  label: texts.rename,
  shortcut: 'F2',
  icon: Pencil,
  menus: ['node'],
  when: session => canEdit(session) && selection(session).length === 1,
  run: session => session.view.setState({ renaming: selection(session)[0] ?? null }),
}
