/** What every part of the library shares: the view, the folders, the selection, the open dialog. */

import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import type { Folder, WorkflowSummary } from '../api/schema'
import { useQueryView } from '../ui/useQueryView'
import { parse, type View, write } from './filter/view'

/** A dialog of the library, with what it is about. */
export type LibraryDialog =
  | { kind: 'move'; rows: readonly WorkflowSummary[] }
  | { kind: 'moveFolder'; folder: Folder }
  | { kind: 'tags'; row: WorkflowSummary }
  | { kind: 'export'; row: WorkflowSummary }
  | { kind: 'newFolder'; parentId: string | null }
  | { kind: 'renameFolder'; folder: Folder }
  | { kind: 'deleteFolder'; folder: Folder }

export interface LibraryContext {
  view: View
  show: (changes: Partial<View>, replaces?: boolean) => void
  folders: readonly Folder[]
  /** One's own workflows. */
  own: readonly WorkflowSummary[]
  /** The slugs of the selected cards. */
  selected: ReadonlySet<string>
  select: (slugs: ReadonlySet<string>) => void
  dialog: LibraryDialog | null
  openDialog: (dialog: LibraryDialog | null) => void
}

const Context = createContext<LibraryContext | null>(null)

const NONE: ReadonlySet<string> = new Set()

export function LibraryProvider(props: {
  folders: readonly Folder[]
  own: readonly WorkflowSummary[]
  children: ReactNode
}) {
  const { folders, own, children } = props
  const [view, show] = useQueryView<View>(QUERY)
  const [chosen, select] = useState(NONE)
  const [dialog, openDialog] = useState<LibraryDialog | null>(null)
  const library = useMemo(() => {
    // What is gone is no longer selected.
    const selected = chosen.size
      ? new Set(own.filter(row => chosen.has(row.slug)).map(row => row.slug))
      : NONE
    return { view, show, folders, own, selected, select, dialog, openDialog }
  }, [view, show, folders, own, chosen, dialog])
  return <Context value={library}>{children}</Context>
}

const QUERY = { parse, write }

export function useLibrary(): LibraryContext {
  const library = useContext(Context)
  if (!library) throw new Error('No LibraryProvider around this component.')
  return library
}
