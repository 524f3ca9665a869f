/** Let values go past the selected nodes, which do not run. */
import { Shuffle } from 'lucide-react'
import { allIn, running, toggleMode } from '../../edits/modes'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

export const bypass: Action = {
  id: 'bypass',
  label: texts.bypass,
  named: session =>
    allIn(session, selection(session), 'bypass') ? texts.stopBypassing : texts.bypass,
  shortcut: '$mod+b',
  icon: Shuffle,
  menus: ['node'],
  separated: true,
  when: session => canEdit(session) && running(session, selection(session)).length > 0,
  run: session => toggleMode(session, selection(session), 'bypass'),
}
