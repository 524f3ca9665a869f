/** Show the selected nodes as large as they fit. */
import { Focus } from 'lucide-react'
import { fit } from '../../canvas/viewport'
import { texts } from '../../texts'
import { type Action, selection } from '../action'

export const fitSelection: Action = {
  id: 'fit-selection',
  label: texts.zoomToSelection,
  shortcut: 'Shift+f',
  icon: Focus,
  menus: ['node'],
  when: session => selection(session).length > 0,
  run: session => fit(session, new Set(selection(session))),
}
