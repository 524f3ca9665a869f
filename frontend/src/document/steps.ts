/** One's own steps from the server's log, so that undo goes on after a reload and elsewhere. */
import { call } from '../api/client'
import type { UndoStep, UndoSteps } from '../api/schema'
import type { History, Step } from './history'

/** Add older steps to a history, until there are new ones or the log begins. */
export async function extendHistory(history: History, slug: string): Promise<void> {
  const url = `/api/workflows/${encodeURIComponent(slug)}/steps`
  let before: number | null = null
  for (;;) {
    const page: UndoSteps = await call<UndoSteps>(before === null ? url : `${url}?before=${before}`)
    const found = history.extend(
      page.undo.map(stepOf),
      before === null ? page.redo.map(stepOf) : [],
    )
    before = page.next
    history.hasOlder = before !== null
    if (found || before === null) return
  }
}

const stepOf = ({ id, label, operations, inverse }: UndoStep): Step => ({
  id,
  label,
  operations: operations as Step['operations'],
  inverse: inverse as Step['inverse'],
  at: 0,
})
