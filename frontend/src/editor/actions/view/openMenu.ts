/** Open the menu of the selection, or of the canvas, where it is. */

import { texts } from '../../texts'
import { type Action, selection } from '../action'

export const openMenu: Action = {
  id: 'open-menu',
  label: texts.openTheMenu,
  shortcut: 'Shift+F10',
  alsoKeys: ['ContextMenu'],
  run(session) {
    const [id] = selection(session)
    const box = id && document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
    const { left, top } = (box || document.body).getBoundingClientRect()
    const at = box ? { x: left + 24, y: top + 24 } : { x: innerWidth / 2, y: innerHeight / 2 }
    session.view.setState({ menu: { at, kind: box ? 'node' : 'canvas' } })
  },
}
