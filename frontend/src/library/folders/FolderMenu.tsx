/** The ⋯ of a folder: what can be done with it. */

import { Ellipsis, FolderInput, FolderPlus, Pencil, Trash2 } from 'lucide-react'
import type { Folder } from '../../api/schema'
import { useMenu } from '../../ui/controls/useMenu'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'

export function FolderMenu({
  folder,
  className,
}: {
  folder: Folder
  className: string | undefined
}) {
  const { openDialog } = useLibrary()
  const name = texts.actionsForTheFolderName(folder.name)
  const { opener, menu } = useMenu(name, () => [
    {
      id: 'new',
      label: texts.newFolderInside,
      icon: <FolderPlus aria-hidden size={16} />,
      run: () => openDialog({ kind: 'newFolder', parentId: folder.id }),
    },
    {
      id: 'rename',
      label: texts.rename,
      icon: <Pencil aria-hidden size={16} />,
      run: () => openDialog({ kind: 'renameFolder', folder }),
    },
    {
      id: 'move',
      label: texts.moveTo,
      icon: <FolderInput aria-hidden size={16} />,
      run: () => openDialog({ kind: 'moveFolder', folder }),
    },
    {
      id: 'delete',
      label: texts.delete,
      icon: <Trash2 aria-hidden size={16} />,
      danger: true,
      separated: true,
      run: () => openDialog({ kind: 'deleteFolder', folder }),
    },
  ])
  return (
    <>
      <button type="button" className={className} aria-label={name} {...opener}>
        <Ellipsis aria-hidden size={16} />
      </button>
      {menu}
    </>
  )
}
