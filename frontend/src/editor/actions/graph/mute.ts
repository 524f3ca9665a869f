/** Leave the selected nodes out of runs, with what depends on them. */
import { VolumeX } from 'lucide-react'
import { allIn, running, toggleMode } from '../../edits/modes'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

export const mute: Action = {
  id: 'mute',
  label: texts.mute,
  named: session => (allIn(session, selection(session), 'mute') ? texts.unmute : texts.mute),
  shortcut: '$mod+m',
  icon: VolumeX,
  menus: ['node'],
  when: session => canEdit(session) && running(session, selection(session)).length > 0,
  run: session => toggleMode(session, selection(session), 'mute'),
}
