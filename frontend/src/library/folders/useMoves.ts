/** Moving workflows and folders, with what to say about it and the offer to undo. */

import { useQueryClient } from '@tanstack/react-query'
import type { Folder, WorkflowSummary } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { folderChange, type Places, refresh, workflowsMove } from '../../ui/workflows/queries'
import { workflowWords } from '../format'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'

export function useMoves() {
  const client = useQueryClient()
  const { folders, select } = useLibrary()
  const attempt = (work: Promise<unknown>) => {
    work.catch((error: unknown) => toast(errorMessage(error), { tone: 'bad' }))
  }
  const nameOf = (id: string | null) =>
    id === null
      ? texts.allWorkflows
      : (folders.find(folder => folder.id === id)?.name ?? texts.aFolder)

  return {
    /** Put workflows into a folder, or with null at the root. */
    move(rows: readonly WorkflowSummary[], to: string | null): void {
      const moved = rows.filter(row => row.folderId !== to)
      if (!moved.length) return
      const places: Places = new Map(moved.map(row => [row.slug, to]))
      const before: Places = new Map(moved.map(row => [row.slug, row.folderId]))
      const what = workflowWords(moved)
      select(new Set())
      attempt(
        workflowsMove(client, places).then(() =>
          toast(texts.movedWhatToName(what, nameOf(to)), {
            action: { label: texts.undo, run: () => attempt(workflowsMove(client, before)) },
          }),
        ),
      )
    },

    /** Put a folder into another one, or with null at the root. */
    moveFolder(folder: Folder, to: string | null): void {
      if (folder.parentId === to) return
      const put = (parentId: string | null) =>
        folderChange(folder.id, { parentId }).then(() => refresh(client))
      attempt(
        put(to).then(() =>
          toast(texts.movedWhatToName(folder.name, nameOf(to)), {
            action: { label: texts.undo, run: () => attempt(put(folder.parentId)) },
          }),
        ),
      )
    },
  }
}
