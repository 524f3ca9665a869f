/** The folders in the open folder, as cards above its workflows. */

import { Folder as FolderIcon } from 'lucide-react'
import { useMemo } from 'react'
import type { Folder } from '../../api/schema'
import { holding } from '../format'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'
import { dragSource, useDropTarget } from './dragging'
import css from './FolderCards.module.css'
import { FolderLink } from './FolderLink'
import { FolderMenu } from './FolderMenu'
import { type Holds, holdings } from './folders'

export function FolderCards({ inside }: { inside: readonly Folder[] }) {
  const { folders, own, view } = useLibrary()
  const held = useMemo(
    () =>
      holdings(
        folders,
        own.filter(row => !row.archived && (view.hidden || !row.hidden)),
      ),
    [folders, own, view.hidden],
  )
  if (!inside.length) return null
  return (
    <ul className={css.grid} aria-label={texts.foldersHere}>
      {inside.map(folder => (
        <Card key={folder.id} folder={folder} holds={held.get(folder.id)} />
      ))}
    </ul>
  )
}

function Card({ folder, holds }: { folder: Folder; holds: Holds | undefined }) {
  return (
    <li className={css.card} {...useDropTarget(folder.id)} {...dragSource(() => ({ folder }))}>
      <span className={css.icon}>
        <FolderIcon aria-hidden size={19} />
      </span>
      <span className={css.words}>
        <FolderLink folder={folder.id} className={css.name} title={folder.name}>
          {folder.name}
        </FolderLink>
        <span className={css.holds}>{holds && holding(holds)}</span>
      </span>
      <FolderMenu folder={folder} className={css.more} />
    </li>
  )
}
