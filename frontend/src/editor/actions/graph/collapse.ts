/** Collapse the selected cards and frames to their titles, or open them. */
import { ChevronsDownUp } from 'lucide-react'
import { allCollapsed, collapse, collapsible } from '../../edits/frames'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

export const collapseSelected: Action = {
  id: 'collapse',
  label: texts.collapse,
  named: session => (allCollapsed(session, selection(session)) ? texts.expand : texts.collapse),
  shortcut: 'Alt+c',
  icon: ChevronsDownUp,
  menus: ['node'],
  when: session => canEdit(session) && collapsible(session, selection(session)).length > 0,
  run: session => collapse(session, selection(session)),
}
