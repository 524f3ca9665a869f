/** Run the selected nodes and what they need. */
import { Play } from 'lucide-react'
import type { RunOptions } from '../../../api/results'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

/** The options of such a run; null where none of these nodes runs. */
export function untilHere(session: Session): RunOptions | null {
  const { store, catalog } = session
  const runs = selection(session).some(id => {
    const node = store.node(id)
    return node && catalog.get(node.type)?.runs
  })
  return runs ? { only: [...selection(session)] } : null
}

export const runNode: Action = {
  id: 'run-node',
  label: texts.runThisNode,
  shortcut: '$mod+Enter',
  icon: Play,
  menus: ['node'],
  when: session => canEdit(session) && !session.runs.active && untilHere(session) !== null,
  run(session) {
    const options = untilHere(session)
    if (options) void session.runner.run(options)
  },
}
