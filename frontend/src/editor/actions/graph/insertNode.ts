/** Put a new node into the selected connection. */
import { SquarePlus } from 'lucide-react'
import { insertAt } from '../../edits/insert'
import { texts } from '../../texts'
import { type Action, canEdit, selectedEdges } from '../action'

export const insertNode: Action = {
  id: 'insert-node',
  label: texts.insertANode,
  icon: SquarePlus,
  menus: ['edge'],
  when: session => canEdit(session) && selectedEdges(session).length === 1,
  run(session, menu) {
    const [edge] = selectedEdges(session)
    const at = menu?.at ?? { x: innerWidth / 2, y: innerHeight / 2 }
    if (edge !== undefined) insertAt(session, edge, at)
  },
}
