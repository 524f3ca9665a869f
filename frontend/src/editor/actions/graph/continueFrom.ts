/** Connect from the keyboard: choose what takes an output of the selected node, there or new. */
import { Cable } from 'lucide-react'
import { texts } from '../../texts'
import type { Connecting } from '../../view'
import { type Action, canEdit, selection } from '../action'

export const continueFrom: Action = {
  id: 'continue',
  label: texts.connectTo,
  shortcut: 'c',
  icon: Cable,
  menus: ['node'],
  when: session => canEdit(session) && selection(session).length === 1,
  run(session) {
    const [id] = selection(session)
    const node = id === undefined ? undefined : session.store.node(id)
    if (!node) return
    const outputs = session.catalog.outputsOf(node).map(
      (port): Connecting => ({
        node: node.id,
        port: port.name,
        handle: `${port.name}-out`,
        side: 'out',
        type: port.type,
      }),
    )
    if (!outputs.length) return
    const place = { x: node.position.x + (node.width ?? 280) + 80, y: node.position.y }
    const at = session.rf?.flowToScreenPosition(place) ?? place
    session.view.setState({ palette: { at, place, clear: true, connecting: outputs[0], outputs } })
  },
}
