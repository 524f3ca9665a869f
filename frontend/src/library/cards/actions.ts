/** What can be done with a workflow from its card; read by its menu and its keyboard. */

import {
  Archive,
  ArchiveRestore,
  Copy,
  Download,
  Eye,
  EyeOff,
  FolderInput,
  LayoutTemplate,
  type LucideIcon,
  Pencil,
  SquareArrowOutUpRight,
  SquareCheck,
  Tags,
  Trash2,
  Undo2,
} from 'lucide-react'
import type { WorkflowSummary } from '../../api/schema'
import { editorUrl } from '../../ui/workflows/queries'
import { texts } from '../texts'

/** What an action may have the page do. */
export interface CardContext {
  startRename: () => void
  duplicate: () => void
  archive: (archived: boolean) => void
  hide: (hidden: boolean) => void
  /** Offer the workflow to everybody as a template, or no longer. */
  publish: (isTemplate: boolean) => void
  /** Take the card into the selection, or out of it. */
  select: () => void
  move: () => void
  editTags: () => void
  /** Get it as a file. */
  takeOut: () => void
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
    label: texts.open,
    icon: SquareArrowOutUpRight,
    run: row => location.assign(editorUrl(row.slug)),
  },
  {
    id: 'rename',
    label: texts.rename,
    icon: Pencil,
    key: 'F2',
    run: (_row, context) => context.startRename(),
  },
  {
    id: 'duplicate',
    label: texts.duplicate,
    icon: Copy,
    run: (_row, context) => context.duplicate(),
  },
  {
    id: 'select',
    label: texts.select,
    icon: SquareCheck,
    key: 'x',
    run: (_row, context) => context.select(),
  },
  {
    id: 'move',
    label: texts.moveTo,
    icon: FolderInput,
    key: 'm',
    run: (_row, context) => context.move(),
  },
  {
    id: 'tags',
    label: texts.tags,
    icon: Tags,
    key: 't',
    run: (_row, context) => context.editTags(),
  },
  {
    id: 'publish',
    label: texts.publishAsATemplate,
    icon: LayoutTemplate,
    offered: row => !row.isTemplate,
    run: (_row, context) => context.publish(true),
  },
  {
    id: 'withdraw',
    label: texts.unpublish,
    icon: Undo2,
    offered: row => row.isTemplate,
    run: (_row, context) => context.publish(false),
  },
  {
    id: 'export',
    label: texts.export,
    icon: Download,
    run: (_row, context) => context.takeOut(),
  },
  {
    id: 'archive',
    label: texts.archive,
    icon: Archive,
    offered: row => !row.archived,
    run: (_row, context) => context.archive(true),
  },
  {
    id: 'unarchive',
    label: texts.unarchive,
    icon: ArchiveRestore,
    offered: row => row.archived,
    run: (_row, context) => context.archive(false),
  },
  {
    id: 'hide',
    label: texts.hide,
    icon: EyeOff,
    offered: row => !row.hidden,
    run: (_row, context) => context.hide(true),
  },
  {
    id: 'unhide',
    label: texts.unhide,
    icon: Eye,
    offered: row => row.hidden,
    run: (_row, context) => context.hide(false),
  },
  {
    id: 'delete',
    label: texts.delete,
    icon: Trash2,
    key: 'Delete',
    danger: true,
    run: (_row, context) => context.remove(),
  },
]
