/** Making workflows of files that a user dropped, chose or pasted. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { bodyOf, importFile } from '../api/imports'
import type { Imported } from '../api/schema'
import { hasNotes } from '../importing/contents'
import { pasted } from '../importing/files'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import { editorUrl, refresh, workflowCreate } from '../ui/workflows/queries'
import { texts } from './texts'

/** A workflow made of a file. */
interface Made {
  slug: string
  found: Imported
}

export interface Importing {
  busy: boolean
  /** Import the files; one alone is opened at once, unless there are notes on it. */
  take: (files: readonly File[]) => void
  /** What was made of files with notes on them. */
  noted: readonly Made[]
  close: () => void
}

/** Import into a folder, or with null to the root; listens for pasted workflows as well. */
export function useImport(folderId: string | null): Importing {
  const client = useQueryClient()
  const [noted, setNoted] = useState<readonly Made[]>([])
  const { mutate, isPending } = useMutation({
    mutationFn: async (files: readonly File[]) => {
      const made: Made[] = []
      for (const file of files) {
        try {
          const found = await importFile(file)
          made.push({ slug: (await workflowCreate({ ...bodyOf(found), folderId })).slug, found })
        } catch (error) {
          toast(errorMessage(error), { tone: 'bad' })
        }
      }
      return made
    },
    onSuccess: (made, files) => {
      const withNotes = made.filter(({ found }) => hasNotes(found))
      const [first, ...others] = made
      if (files.length === 1 && first && !others.length && !withNotes.length) {
        location.assign(editorUrl(first.slug))
        return
      }
      if (made.length && files.length > 1) {
        toast(texts.importedMadeOfFilesWorkflows(made.length, files.length))
      }
      setNoted(withNotes)
      if (made.length) void refresh(client)
    },
  })
  const take = useCallback((files: readonly File[]) => files.length > 0 && mutate(files), [mutate])
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (event.target instanceof Element && event.target.closest('input, textarea, dialog')) return
      const files = [...(event.clipboardData?.files ?? [])]
      const text = pasted(event.clipboardData?.getData('text/plain') ?? '')
      if (files.length || text) take(files.length ? files : [text as File])
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  }, [take])
  return { busy: isPending, take, noted, close: () => setNoted([]) }
}
