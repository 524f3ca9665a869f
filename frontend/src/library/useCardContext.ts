/** What the actions of one card do: they ask the server, and say so when it refuses. */
import { useQueryClient } from '@tanstack/react-query'
import { sentence } from '../api/client'
import { toast } from '../ui/toasts'
import type { CardContext } from './actions'
import { useDelete } from './DeletionsContext'
import { refresh, workflowChange, workflowDuplicate } from './queries'
import type { WorkflowSummary } from './types'

interface Full extends CardContext {
  /** Ends renaming; null keeps the old name. */
  rename: (name: string | null) => void
}

export function useCardContext(row: WorkflowSummary, setRenaming: (on: boolean) => void): Full {
  const client = useQueryClient()
  const remove = useDelete()
  const attempt = (work: Promise<unknown>) => {
    work.catch((error: unknown) => toast(sentence(error), { tone: 'bad' }))
  }
  const archive = (archived: boolean) =>
    attempt(
      workflowChange(client, row.slug, { archived }).then(() =>
        toast(archived ? `Archived ${row.name}` : `Took ${row.name} out of the archive`, {
          action: {
            label: 'Undo',
            run: () => attempt(workflowChange(client, row.slug, { archived: !archived })),
          },
        }),
      ),
    )
  return {
    startRename: () => setRenaming(true),
    duplicate: () => attempt(workflowDuplicate(row.slug).then(() => refresh(client))),
    archive,
    remove: () => remove(row),
    rename: name => {
      setRenaming(false)
      if (name !== null) attempt(workflowChange(client, row.slug, { name }))
    },
  }
}
