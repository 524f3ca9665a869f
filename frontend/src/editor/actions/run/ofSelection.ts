/** What a run of the selected nodes requests from the server. */
import type { RunOptions } from '../../../api/results'
import type { Session } from '../../session'
import { canRun, selection } from '../action'

/** The selected nodes that run. */
export function runnable(session: Session): string[] {
  const { store, catalog } = session
  return [...selection(session)].filter(id => {
    const node = store.node(id)
    return node && catalog.get(node.type)?.runs
  })
}

/** The options of a run of these nodes, and of what `reach` says besides; null where none runs. */
export function ofSelection(session: Session, reach?: RunOptions['reach']): RunOptions | null {
  const only = runnable(session)
  if (!only.length) return null
  return reach ? { only, reach } : { only }
}

/** Whether the selection can be run now. */
export const canRunSelection = (session: Session): boolean =>
  canRun(session) && !session.runs.active && runnable(session).length > 0
