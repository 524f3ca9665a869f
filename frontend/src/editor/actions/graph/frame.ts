/** Put a frame around the selected nodes, or an empty one on the canvas. */
import { Frame } from 'lucide-react'
import { addFrame } from '../../edits/frames'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

export const frame: Action = {
  id: 'frame',
  label: texts.frame,
  shortcut: '$mod+g',
  icon: Frame,
  menus: ['node', 'canvas'],
  when: canEdit,
  run(session) {
    const { menu } = session.view.getState()
    const at = menu?.at ?? { x: innerWidth / 2 - 240, y: innerHeight / 2 - 160 }
    // The menu of the canvas speaks of the canvas, whatever is selected.
    const ids = menu?.kind === 'canvas' ? [] : selection(session)
    addFrame(session, ids, session.rf?.screenToFlowPosition(at) ?? at)
  },
}
