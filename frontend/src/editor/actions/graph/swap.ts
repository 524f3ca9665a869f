/** Exchange where two connections end: two that are selected, or the two into a node. */
import { ArrowUpDown } from 'lucide-react'
import { swap, swappable } from '../../edits/connections'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, canEdit, selectedEdges, selection } from '../action'

const found = (session: Session) => swappable(session, selection(session), selectedEdges(session))

export const swapInputs: Action = {
  id: 'swap',
  label: texts.swapConnectionsLabel,
  icon: ArrowUpDown,
  menus: ['node', 'edge'],
  listed: session => found(session) !== null,
  when: session => canEdit(session) && found(session) !== null,
  run(session) {
    const both = found(session)
    if (both) swap(session, both)
  },
}
