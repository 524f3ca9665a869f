/** The way to the open folder; every part of it leads back, and takes what is dropped on it. */

import { ChevronRight } from 'lucide-react'
import { Fragment } from 'react'
import type { Folder } from '../../api/schema'
import { texts } from '../texts'
import css from './Breadcrumb.module.css'
import { useDropTarget } from './dragging'
import { FolderLink } from './FolderLink'

export function Breadcrumb({ way }: { way: readonly Folder[] }) {
  const last = way.at(-1)
  return (
    <nav className={css.way} aria-label={texts.whereYouAre}>
      <Step id={null} name={texts.workflowsTitle} here={!last} />
      {way.map(folder => (
        <Fragment key={folder.id}>
          <ChevronRight aria-hidden size={15} />
          <Step id={folder.id} name={folder.name} here={folder === last} />
        </Fragment>
      ))}
    </nav>
  )
}

function Step({ id, name, here }: { id: string | null; name: string; here: boolean }) {
  const target = useDropTarget(id)
  if (here) return <h1 className={css.here}>{name}</h1>
  return (
    <span className={css.step} {...target}>
      <FolderLink folder={id}>{name}</FolderLink>
    </span>
  )
}
