/** Make a copy of the selected nodes beside them. */
import { CopyPlus } from 'lucide-react'
import { fragment, insert } from '../../edits/fragment'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

const SHIFT = 32 // px

export const duplicate: Action = {
  id: 'duplicate',
  label: texts.duplicate,
  shortcut: '$mod+d',
  icon: CopyPlus,
  menus: ['node'],
  when: session => canEdit(session) && selection(session).length > 0,
  run: session =>
    insert(
      session,
      fragment(session, selection(session)),
      { by: { x: SHIFT, y: SHIFT } },
      texts.duplicate,
    ),
}
