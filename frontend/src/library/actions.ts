/** What can be done with a workflow from its card; read by its menu and its keyboard. */
import {
  Archive,
  ArchiveRestore,
  Copy,
  Download,
  type LucideIcon,
  Pencil,
  SquareArrowOutUpRight,
  Trash2,
} from 'lucide-react'
import { editorAddress, exportAddress } from './queries'
import type { WorkflowSummary } from './types'

/** What an action may ask of the page. */
export interface CardContext {
  startRename: () => void
  duplicate: () => void
  archive: (archived: boolean) => void
  remove: () => void
}

export interface CardAction {
  id: string
  label: string
  icon: LucideIcon
  /** The key that does it while the card has the focus. */
  key?: string
  danger?: boolean
  offered?: (row: WorkflowSummary) => boolean
  run: (row: WorkflowSummary, context: CardContext) => void
}

export const cardActions: CardAction[] = [
  {
    id: 'open',
    label: 'Open',
    icon: SquareArrowOutUpRight,
    run: row => location.assign(editorAddress(row.slug)),
  },
  {
    id: 'rename',
    label: 'Rename',
    icon: Pencil,
    key: 'F2',
    run: (_row, context) => context.startRename(),
  },
  {
    id: 'duplicate',
    label: 'Duplicate',
    icon: Copy,
    run: (_row, context) => context.duplicate(),
  },
  {
    id: 'export',
    label: 'Export as JSON',
    icon: Download,
    run: row => {
      const link = document.createElement('a')
      link.href = exportAddress(row.slug)
      link.download = `${row.slug}.json`
      link.click()
    },
  },
  {
    id: 'archive',
    label: 'Archive',
    icon: Archive,
    offered: row => !row.archived,
    run: (_row, context) => context.archive(true),
  },
  {
    id: 'unarchive',
    label: 'Take out of the archive',
    icon: ArchiveRestore,
    offered: row => row.archived,
    run: (_row, context) => context.archive(false),
  },
  {
    id: 'delete',
    label: 'Delete',
    icon: Trash2,
    key: 'Delete',
    danger: true,
    run: (_row, context) => context.remove(),
  },
]
