/** Run all that the selected nodes lead to, and what that needs. */
import { ArrowRightFromLine } from 'lucide-react'
import { reach } from '../../../document/graph'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

export const runFrom: Action = {
  id: 'run-from',
  label: texts.runFromHere,
  icon: ArrowRightFromLine,
  menus: ['node'],
  when: session => canEdit(session) && !session.runs.active && selection(session).length > 0,
  run(session) {
    const { store, catalog, runner } = session
    const only = [...reach(store.document, selection(session), 'down')].filter(id => {
      const node = store.node(id)
      return node && catalog.get(node.type)?.runs
    })
    if (only.length) void runner.run({ only })
  },
}
