/** Making workflows of files that a person dropped or chose. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from '../ui/toasts'
import { readWorkflowFile } from './importing'
import { editorAddress, refresh, workflowCreate } from './queries'
import { refusal } from './words'

export interface Importing {
  busy: boolean
  /** Import the files; one alone is opened at once. */
  take: (files: readonly File[]) => void
}

/** Import into a folder, or with null to the root. */
export function useImport(folderId: string | null): Importing {
  const client = useQueryClient()
  const { mutate, isPending } = useMutation({
    mutationFn: async (files: readonly File[]) => {
      const slugs: string[] = []
      for (const file of files) {
        try {
          slugs.push((await workflowCreate({ ...(await readWorkflowFile(file)), folderId })).slug)
        } catch (error) {
          toast(refusal(error), { tone: 'bad' })
        }
      }
      return slugs
    },
    onSuccess: (slugs, files) => {
      if (files.length === 1 && slugs.length === 1) location.assign(editorAddress(slugs[0]))
      else if (slugs.length) {
        toast(`Imported ${slugs.length} of ${files.length} workflows`)
        void refresh(client)
      }
    },
  })
  return { busy: isPending, take: files => files.length > 0 && mutate(files) }
}
