/** The ⋯ of a folder: what can be done with it. */

import { Ellipsis, FolderInput, FolderPlus, Pencil, Trash2 } from 'lucide-react'
import { useCallback, useRef, useState } from 'react'
import type { Folder } from '../../api/schema'
import { Menu } from '../../ui/controls/Menu'
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
  const button = useRef<HTMLButtonElement>(null)
  const [at, setAt] = useState<{ x: number; y: number } | null>(null)
  const close = useCallback(() => {
    setAt(null)
    button.current?.focus()
  }, [])
  const items = [
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
  ]
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        aria-label={texts.actionsForTheFolderName(folder.name)}
        onClick={() => {
          const box = button.current?.getBoundingClientRect()
          if (box) setAt({ x: box.left, y: box.bottom + 4 })
        }}
      >
        <Ellipsis aria-hidden size={16} />
      </button>
      {at && (
        <Menu
          at={at}
          label={texts.actionsForTheFolderName(folder.name)}
          items={items}
          onClose={close}
        />
      )}
    </>
  )
}
