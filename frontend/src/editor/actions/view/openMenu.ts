/** Open the menu of the selection, or of the canvas, where it is. */

import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, selectedEdges, selection } from '../action'

export const openMenu: Action = {
  id: 'open-menu',
  label: texts.openTheMenu,
  shortcut: 'Shift+F10',
  alsoKeys: ['ContextMenu'],
  run(session) {
    const [id] = selection(session)
    const [edge] = selectedEdges(session)
    if (id === undefined && edge !== undefined) {
      openAt(session, edge)
      return
    }
    const box = id && document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
    const { left, top } = (box || document.body).getBoundingClientRect()
    const at = box ? { x: left + 24, y: top + 24 } : { x: innerWidth / 2, y: innerHeight / 2 }
    session.view.setState({ menu: { at, kind: box ? 'node' : 'canvas' } })
  },
}

/** Open the menu of a connection at its middle. */
function openAt(session: Session, edge: string): void {
  const path = document.querySelector<SVGPathElement>(
    `.react-flow__edge[data-id="${CSS.escape(edge)}"] path`,
  )
  const matrix = path?.getScreenCTM()
  if (!path || !matrix) return
  const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(matrix)
  session.view.setState({ menu: { at: { x, y }, kind: 'edge' } })
}
