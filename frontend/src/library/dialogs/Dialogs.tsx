/** Shows the dialog that somebody on the page has asked for. */

import { ExportDialog } from '../../importing/ExportDialog'
import { DeleteFolderDialog, FolderNameDialog, MoveDialog } from '../folders/FolderDialogs'
import { useMoves } from '../folders/useMoves'
import { workflowWords } from '../format'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'
import { TagsDialog } from './TagsDialog'

export function Dialogs() {
  const { asked, ask } = useLibrary()
  const { move, moveFolder } = useMoves()
  const close = () => ask(null)
  switch (asked?.kind) {
    case 'move': {
      const { rows } = asked
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
          title={texts.moveTheFolderNameTo(asked.folder.name)}
          from={asked.folder.parentId}
          without={asked.folder}
          onMove={to => moveFolder(asked.folder, to)}
          onClose={close}
        />
      )
    case 'tags':
      return <TagsDialog row={asked.row} onClose={close} />
    case 'export':
      return <ExportDialog slug={asked.row.slug} name={asked.row.name} onClose={close} />
    case 'newFolder':
      return <FolderNameDialog key="new" parentId={asked.parentId} onClose={close} />
    case 'renameFolder':
      return <FolderNameDialog key="rename" folder={asked.folder} onClose={close} />
    case 'deleteFolder':
      return <DeleteFolderDialog folder={asked.folder} onClose={close} />
    default:
      return null
  }
}
