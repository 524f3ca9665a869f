/** Remove what is selected; a toast offers to take it back. */
import { Trash2 } from 'lucide-react'
import { toast } from '../../../lib/toasts'
import { remove } from '../../edits/commands'
import { texts } from '../../texts'
import { type Action, canEdit, selectedEdges, selection } from '../action'

export const deleteSelected: Action = {
  id: 'delete',
  label: texts.delete,
  shortcut: 'Delete',
  alsoKeys: ['Backspace'],
  icon: Trash2,
  menus: ['node', 'edge'],
  danger: true,
  separated: true,
  when: session =>
    canEdit(session) && selection(session).length + selectedEdges(session).length > 0,
  run(session) {
    const nodes = selection(session)
    remove(session, nodes, selectedEdges(session))
    if (nodes.length > 1) {
      toast(texts.deletedNodes(nodes.length), {
        action: { label: texts.undo, run: () => void session.store.undo() },
      })
    }
  },
}
