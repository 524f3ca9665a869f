/** What an empty folder says, and how it is filled. */
import { FolderOpen } from 'lucide-react'
import css from '../filter/NoMatches.module.css'

export function EmptyFolder({ name }: { name: string }) {
  return (
    <div className={css.box}>
      <FolderOpen aria-hidden size={28} />
      <p>
        Nothing in {name} yet. Drag workflows onto it, choose “Move to …” from a card's menu, or
        press New to begin one here.
      </p>
    </div>
  )
}
