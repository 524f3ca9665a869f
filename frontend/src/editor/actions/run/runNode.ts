/** Run the selected nodes and what they need. */
import { Play } from 'lucide-react'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

export const runNode: Action = {
  id: 'run-node',
  label: texts.runThisNode,
  shortcut: '$mod+Enter',
  icon: Play,
  menus: ['node'],
  when: session =>
    canEdit(session) &&
    !session.runs.active &&
    selection(session).some(id => {
      const node = session.store.node(id)
      return node && session.catalog.get(node.type)?.runs
    }),
  run: session => void session.runner.run({ only: [...selection(session)] }),
}
