/** What an empty folder says, and how it is filled. */
import { FolderOpen } from 'lucide-react'
import css from '../filter/NoMatches.module.css'
import { texts } from '../texts'

export function EmptyFolder({ name }: { name: string }) {
  return (
    <div className={css.box}>
      <FolderOpen aria-hidden size={28} />
      <p>{texts.nothingInFolderYet(name)}</p>
    </div>
  )
}
