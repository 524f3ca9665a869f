/** The library page: what the shell mounts at `/`. */
import type { PageProps } from '../page'
import { DeletionsProvider } from './DeletionsContext'
import { Library } from './Library'

export default function LibraryPage({ user }: PageProps) {
  return (
    <DeletionsProvider>
      <Library user={user} />
    </DeletionsProvider>
  )
}
