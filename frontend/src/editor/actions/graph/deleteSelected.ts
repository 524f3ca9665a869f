/** Remove what is selected; a toast offers to take it back. */
import { Trash2 } from 'lucide-react'
import { toast } from '../../../lib/toasts'
import { remove } from '../../edits/commands'
import { bridges } from '../../edits/connections'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, canEdit, selectedEdges, selection } from '../action'

const anything = (session: Session) =>
  canEdit(session) && selection(session).length + selectedEdges(session).length > 0

function removeSelected(session: Session, bridging: boolean): void {
  const nodes = selection(session)
  const joined = bridging ? bridges(session, new Set(nodes)) : []
  remove(session, nodes, selectedEdges(session), joined)
  if (nodes.length > 1) {
    toast(texts.deletedNodes(nodes.length), {
      action: { label: texts.undo, run: () => void session.store.undo() },
    })
  }
}

/** What came to the removed nodes goes on to where their results went, where it fits. */
export const deleteSelected: Action = {
  id: 'delete',
  label: texts.delete,
  shortcut: 'Delete',
  alsoKeys: ['Backspace'],
  icon: Trash2,
  menus: ['node', 'edge'],
  danger: true,
  separated: true,
  when: anything,
  run: session => removeSelected(session, true),
}

export const deletePlainly: Action = {
  id: 'delete-plainly',
  label: texts.deleteWithoutJoining,
  shortcut: 'Shift+Delete',
  alsoKeys: ['Shift+Backspace'],
  when: anything,
  run: session => removeSelected(session, false),
}
