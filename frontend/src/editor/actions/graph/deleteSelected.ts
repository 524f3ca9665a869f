/** Remove what is selected; a toast offers to take it back. */
import { Trash2 } from 'lucide-react'
import { count } from '../../../lib/format'
import { toast } from '../../../lib/toasts'
import { remove } from '../../edits/commands'
import { type Action, canEdit, selectedEdges, selection } from '../action'

export const deleteSelected: Action = {
  id: 'delete',
  label: 'Delete',
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
      toast(`Deleted ${count(nodes.length, 'node')}.`, {
        action: { label: 'Undo', run: () => void session.store.undo() },
      })
    }
  },
}
