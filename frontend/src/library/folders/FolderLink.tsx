/** A link that opens a folder on this page; with a modifier key it opens like any other link. */
import type { AnchorHTMLAttributes } from 'react'
import { ROOT, write } from '../filter/view'
import { useLibrary } from '../LibraryContext'

interface Props extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'onClick'> {
  /** The folder; null for the root. */
  folder: string | null
}

export function FolderLink({ folder, ...rest }: Props) {
  const { view, show } = useLibrary()
  const target = { ...ROOT, folder, sort: view.sort, hidden: view.hidden }
  return (
    <a
      {...rest}
      href={write(target) || '/'}
      draggable={false}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        show(target)
      }}
    />
  )
}
