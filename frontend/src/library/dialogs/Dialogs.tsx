/** Shows the dialog that is open. */

import { ExportDialog } from '../../importing/ExportDialog'
import { DeleteFolderDialog, FolderNameDialog, MoveDialog } from '../folders/FolderDialogs'
import { useMoves } from '../folders/useMoves'
import { workflowWords } from '../format'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'
import { TagsDialog } from './TagsDialog'

export function Dialogs() {
  const { dialog, openDialog } = useLibrary()
  const { move, moveFolder } = useMoves()
  const close = () => openDialog(null)
  switch (dialog?.kind) {
    case 'move': {
      const { rows } = dialog
      const what = workflowWords(rows)
      return (
        <MoveDialog
          title={texts.moveWhatTo(what)}
          from={rows[0]?.folderId ?? null}
          onMove={to => move(rows, to)}
          onClose={close}
        />
      )
    }
    case 'moveFolder':
      return (
        <MoveDialog
          title={texts.moveTheFolderNameTo(dialog.folder.name)}
          from={dialog.folder.parentId}
          without={dialog.folder}
          onMove={to => moveFolder(dialog.folder, to)}
          onClose={close}
        />
      )
    case 'tags':
      return <TagsDialog row={dialog.row} onClose={close} />
    case 'export':
      return <ExportDialog slug={dialog.row.slug} name={dialog.row.name} onClose={close} />
    case 'newFolder':
      return <FolderNameDialog key="new" parentId={dialog.parentId} onClose={close} />
    case 'renameFolder':
      return <FolderNameDialog key="rename" folder={dialog.folder} onClose={close} />
    case 'deleteFolder':
      return <DeleteFolderDialog folder={dialog.folder} onClose={close} />
    default:
      return null
  }
}
