/** The folders at the side of the page: opened by a click, filled by dropping cards on them. */
import { ChevronRight, Folder as FolderIcon, FolderOpen, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { holding } from '../format'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'
import { dragSource, useDropTarget } from './dragging'
import { FolderLink } from './FolderLink'
import { FolderMenu } from './FolderMenu'
import css from './FolderTree.module.css'
import { type Branch, holdings, seen, tree } from './folders'

const CLOSED = 'closed folders'

export function FolderTree() {
  const { folders, own, view, openDialog } = useLibrary()
  const [closed, setClosed] = useState(remembered)
  const branches = useMemo(() => tree(folders), [folders])
  const held = useMemo(
    () =>
      holdings(
        folders,
        own.filter(row => !row.archived && (view.hidden || !row.hidden)),
      ),
    [folders, own, view.hidden],
  )
  const toggle = (id: string) => {
    const next = new Set(closed)
    if (!next.delete(id)) next.add(id)
    localStorage.setItem(CLOSED, JSON.stringify([...next]))
    setClosed(next)
  }
  return (
    <nav className={css.tree} aria-label={texts.foldersTitle}>
      <div className={css.head}>
        <h2>{texts.foldersTitle}</h2>
        <button
          type="button"
          className={css.add}
          aria-label={texts.newFolder}
          title={texts.newFolder}
          onClick={() => openDialog({ kind: 'newFolder', parentId: view.folder })}
        >
          <Plus aria-hidden size={15} />
        </button>
      </div>
      {!folders.length && <p className={css.none}>{texts.createOneToGroupWorkflows}</p>}
      <ul className={css.list}>
        {seen(branches, closed).map(branch => {
          const holds = held.get(branch.folder.id) ?? { workflows: 0, folders: 0 }
          return (
            <Row
              key={branch.folder.id}
              branch={branch}
              amount={holds.workflows}
              said={holding(holds)}
              open={branch.folder.id === view.folder}
              closed={closed.has(branch.folder.id)}
              onToggle={() => toggle(branch.folder.id)}
            />
          )
        })}
      </ul>
    </nav>
  )
}

interface RowProps {
  branch: Branch
  amount: number
  said: string
  open: boolean
  closed: boolean
  onToggle: () => void
}

function Row({ branch, amount, said, open, closed, onToggle }: RowProps) {
  const { folder, depth, children } = branch
  const Icon = open ? FolderOpen : FolderIcon
  return (
    <li
      className={css.row}
      data-open={open || undefined}
      style={{ paddingLeft: depth * 14 }}
      {...useDropTarget(folder.id)}
      {...dragSource(() => ({ folder }))}
    >
      {children.length ? (
        <button
          type="button"
          className={css.toggle}
          data-closed={closed || undefined}
          aria-expanded={!closed}
          aria-label={closed ? texts.openUpName(folder.name) : texts.foldName(folder.name)}
          onClick={onToggle}
        >
          <ChevronRight aria-hidden size={14} />
        </button>
      ) : (
        <span className={css.toggle} />
      )}
      <FolderLink
        folder={folder.id}
        className={css.name}
        title={folder.name}
        aria-current={open ? 'page' : undefined}
      >
        <Icon aria-hidden size={16} />
        <span>{folder.name}</span>
        <span className="sr-only">, {said}</span>
      </FolderLink>
      <span className={css.count} aria-hidden>
        {amount || ''}
      </span>
      <FolderMenu folder={folder} className={css.more} />
    </li>
  )
}

/** The folders that were folded when the page was last seen. */
function remembered(): Set<string> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(CLOSED) ?? '[]')
    return new Set(Array.isArray(stored) ? stored.map(String) : [])
  } catch {
    return new Set()
  }
}
