/** Open the palette in the middle of the view. */
import { Plus } from 'lucide-react'
import { texts } from '../../texts'
import { type Action, canEdit } from '../action'

export const addNode: Action = {
  id: 'add-node',
  label: texts.addANodeDots,
  shortcut: 'n',
  alsoKeys: ['/'],
  icon: Plus,
  menus: ['canvas'],
  when: canEdit,
  run({ view, rf }) {
    const menu = view.getState().menu
    const at = menu?.at ?? { x: innerWidth / 2 - 200, y: Math.max(80, innerHeight / 2 - 220) }
    const middle = menu?.at ?? { x: innerWidth / 2 - 140, y: innerHeight / 2 - 80 }
    view.setState({
      palette: { at, place: rf?.screenToFlowPosition(middle) ?? middle, clear: !menu },
    })
  },
}
