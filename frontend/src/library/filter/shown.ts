/** Which rows of the list the library shows, and in which order. No React. */
import type { WorkflowSummary } from '../../api/schema'
import { byName, matches } from '../../ui/workflows/list'
import { everywhere, FILTERS, type Filter, type View } from './view'

/** Return whether a row passes the chosen filter; what is archived shows under Archived only. */
function passes(row: WorkflowSummary, filter: Filter): boolean {
  if (filter === 'archived') return row.archived
  if (row.archived) return false
  if (filter === 'running') return row.lastRun?.status === 'processing'
  if (filter === 'failed') return row.lastRun?.status === 'failed'
  return true
}

/** The rows to show, in order: those of the open folder, or of all when something is looked for. */
export function shown(rows: readonly WorkflowSummary[], view: View): WorkflowSummary[] {
  const all = everywhere(view)
  const shown = rows.filter(
    row =>
      (all || row.folderId === view.folder) &&
      (view.hidden || !row.hidden) &&
      (view.tag === null || row.tags.includes(view.tag)) &&
      passes(row, view.filter) &&
      matches(row, view.search),
  )
  return shown.sort((a, b) =>
    view.sort === 'name' ? byName(a, b) : b.updatedAt.localeCompare(a.updatedAt) || byName(a, b),
  )
}

/** The filters worth offering: All always, the others when they would find something. */
export function offered(rows: readonly WorkflowSummary[], current: Filter): Filter[] {
  return FILTERS.filter(
    filter => filter === 'all' || filter === current || rows.some(row => passes(row, filter)),
  )
}
