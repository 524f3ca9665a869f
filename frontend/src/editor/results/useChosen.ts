/** A node's results and which is the active one; choosing another pins it, or only opens it. */
import { resultDiscard } from '../../api/results'
import type { PastResult } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { openViewer } from '../../ui/viewer/open'
import { pinnable, pinOutput } from '../edits/modes'
import { useNodeRun } from '../run/hooks'
import { useSession } from '../session'
import { sameOutput, useHistory } from './history'
import { texts } from './texts'
import { itemsOf } from './view'

export function useChosen(id: string) {
  const session = useSession()
  const run = useNodeRun(id)
  const history = useHistory(id)
  const node = session.store.node(id)
  const mayPin = session.store.canEdit && pinnable(session, [id]).length > 0
  const pinned = (node?.pinned as { outputs?: unknown } | undefined)?.outputs
  const active = history.results.findIndex(row => sameOutput(row.outputs, run.output))
  const open = (at: number) => {
    const all = history.results.flatMap(row =>
      itemsOf(session, id, row.outputs, row.executionId).slice(0, 1),
    )
    openViewer({ items: all, at: Math.max(0, at) })
  }
  const use = (row: PastResult, at: number) => {
    if (!mayPin) open(at)
    else pinOutput(session, id, pinned && sameOutput(row.outputs, pinned) ? null : row.outputs)
  }
  const discard = async (row: PastResult, discarded: boolean): Promise<void> => {
    try {
      await resultDiscard(session.slug, id, row.id, discarded)
      await history.refetch()
      if (!discarded) return
      const undo = { label: texts.undo, run: () => void discard(row, false) }
      toast(texts.removed, { action: undo })
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    }
  }
  return { history, node, mayPin, pinned, active, open, use, discard }
}
