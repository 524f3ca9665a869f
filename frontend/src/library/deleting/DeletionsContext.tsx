/** Gives the cards the page's deletions and sends them when the page is left. */

import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { WorkflowSummary } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { refresh, workflowDelete } from '../../ui/workflows/queries'
import { texts } from '../texts'
import { Deletions } from './deleting'

/** As long as a toast is shown. */
const UNDO_MS = 6000

const Context = createContext<Deletions | null>(null)

export function DeletionsProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [deletions] = useState(
    () =>
      new Deletions(
        {
          remove: workflowDelete,
          removed: () => refresh(client),
          failed: (_slug, error) => toast(errorMessage(error), { tone: 'bad' }),
        },
        UNDO_MS,
      ),
  )
  useEffect(() => {
    const leave = () => deletions.leave()
    window.addEventListener('pagehide', leave)
    return () => window.removeEventListener('pagehide', leave)
  }, [deletions])
  return <Context value={deletions}>{children}</Context>
}

function useDeletions(): Deletions {
  const deletions = useContext(Context)
  if (!deletions) throw new Error('No DeletionsProvider around this component.')
  return deletions
}

/** Which workflows are about to be deleted. */
export function useDeleted(): ReadonlySet<string> {
  return useStore(useDeletions().store, state => state.slugs)
}

/** Delete a workflow, with an offer to undo. */
export function useDelete(): (row: WorkflowSummary) => void {
  const deletions = useDeletions()
  return ({ slug, name }) => {
    deletions.begin(slug)
    toast(texts.deletedName(name), {
      action: { label: texts.undo, run: () => deletions.undo(slug) },
    })
  }
}
