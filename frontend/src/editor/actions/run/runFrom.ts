/** Run all that the selected nodes lead to, and what that needs. */
import { ArrowRightFromLine } from 'lucide-react'
import type { RunOptions } from '../../../api/results'
import { reach } from '../../../document/graph'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

/** The options of such a run; null where none of these nodes runs. */
export function fromHere(session: Session): RunOptions | null {
  const { store, catalog } = session
  const only = [...reach(store.document, selection(session), 'down')].filter(id => {
    const node = store.node(id)
    return node && catalog.get(node.type)?.runs
  })
  return only.length ? { only } : null
}

export const runFrom: Action = {
  id: 'run-from',
  label: texts.runFromHere,
  icon: ArrowRightFromLine,
  menus: ['node'],
  when: session => canEdit(session) && !session.runs.active && selection(session).length > 0,
  run(session) {
    const options = fromHere(session)
    if (options) void session.runner.run(options)
  },
}
