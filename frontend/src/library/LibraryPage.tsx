/** The library page: what the shell mounts at `/`. */
import type { PageProps } from '../ui/page'
import { DeletionsProvider } from './deleting/DeletionsContext'
import { Library } from './Library'

export default function LibraryPage({ user }: PageProps) {
  return (
    <DeletionsProvider>
      <Library user={user} />
    </DeletionsProvider>
  )
}
