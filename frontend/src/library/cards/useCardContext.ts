/** What the actions of one card do: they call the server, and say so when it refuses. */

import { useQueryClient } from '@tanstack/react-query'
import type { WorkflowSummary } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { refresh, workflowChange, workflowDuplicate } from '../../ui/workflows/queries'
import { useDelete } from '../deleting/DeletionsContext'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'
import type { CardContext } from './actions'

interface Full extends CardContext {
  /** Ends renaming; null keeps the old name. */
  rename: (name: string | null) => void
}

type Changes = Parameters<typeof workflowChange>[2]

export function useCardContext(row: WorkflowSummary, setRenaming: (on: boolean) => void): Full {
  const client = useQueryClient()
  const remove = useDelete()
  const { openDialog, selected, select, own } = useLibrary()
  const attempt = (work: Promise<unknown>) => {
    work.catch((error: unknown) => toast(errorMessage(error), { tone: 'bad' }))
  }
  /** Change the row, say so, and offer to change it back. */
  const change = (changes: Changes, said: string, back: Changes) =>
    attempt(
      workflowChange(client, row.slug, changes).then(removed =>
        toast(removed.length ? texts.keysStayYours(said, removed) : said, {
          action: { label: texts.undo, run: () => attempt(workflowChange(client, row.slug, back)) },
        }),
      ),
    )
  return {
    startRename: () => setRenaming(true),
    duplicate: () => attempt(workflowDuplicate(row.slug, row.folderId).then(() => refresh(client))),
    archive: archived =>
      change(
        { archived },
        archived ? texts.archivedName(row.name) : texts.unarchivedName(row.name),
        {
          archived: !archived,
        },
      ),
    hide: hidden =>
      change({ hidden }, hidden ? texts.hidName(row.name) : texts.isNoLongerHidden(row.name), {
        hidden: !hidden,
      }),
    publish: isTemplate =>
      change(
        { isTemplate },
        isTemplate ? texts.isATemplate(row.name) : texts.isNoLongerATemplate(row.name),
        { isTemplate: !isTemplate },
      ),
    select: () => {
      const next = new Set(selected)
      if (!next.delete(row.slug)) next.add(row.slug)
      select(next)
    },
    // The menu of a selected card speaks for the whole selection.
    move: () =>
      openDialog({
        kind: 'move',
        rows: selected.has(row.slug) ? own.filter(other => selected.has(other.slug)) : [row],
      }),
    editTags: () => openDialog({ kind: 'tags', row }),
    takeOut: () => openDialog({ kind: 'export', row }),
    remove: () => remove(row),
    rename: name => {
      setRenaming(false)
      if (name !== null) attempt(workflowChange(client, row.slug, { name }))
    },
  }
}
