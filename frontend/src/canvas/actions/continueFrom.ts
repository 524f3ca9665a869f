/** Connect from the keyboard: choose a new node that takes the selected node's first output. */
import { Cable } from 'lucide-react'
import { outputsOf } from '../../catalog/ports'
import { type Action, canEdit, selection } from './action'

export const continueFrom: Action = {
  id: 'continue',
  label: 'Connect to a new node…',
  shortcut: 'c',
  icon: Cable,
  menus: ['node'],
  when: session => canEdit(session) && selection(session).length === 1,
  run(session) {
    const [id] = selection(session)
    const node = session.store.node(id)
    const type = node && session.catalog.get(node.type)
    const port = type && outputsOf(type, node.data)[0]
    if (!node || !port) return
    const place = { x: node.position.x + (node.width ?? 280) + 80, y: node.position.y }
    const at = session.rf?.flowToScreenPosition(place) ?? place
    session.view.setState({
      palette: {
        at,
        place,
        clear: true,
        wire: {
          node: id,
          port: port.name,
          handle: `${port.name}-out`,
          side: 'out',
          type: port.type,
        },
      },
    })
  },
}
