/** Which rows of the list the library shows, and in which order. No React. */
import type { WorkflowSummary } from '../../api/library'
import { everywhere, type View } from './view'

export const FILTERS = ['all', 'running', 'failed', 'archived'] as const
export type Filter = (typeof FILTERS)[number]
export type Sort = 'edited' | 'name'

/** Split the list into what is one's own and what is offered to start from. */
export function divide(
  rows: readonly WorkflowSummary[],
  me: string | undefined,
): { own: WorkflowSummary[]; templates: WorkflowSummary[] } {
  return {
    own: rows.filter(row => !row.isTemplate || row.createdBy === me),
    templates: rows.filter(row => row.isTemplate && !row.hidden && !row.archived),
  }
}

/** Say whether every word of the search is found in the name, the description or the tags. */
export function matches(row: WorkflowSummary, search: string): boolean {
  const text = plain([row.name, row.description, ...row.tags].join(' '))
  return plain(search)
    .split(/\s+/)
    .every(word => text.includes(word))
}

/** Say whether a row passes the chosen filter; what is archived shows under Archived only. */
export function passes(row: WorkflowSummary, filter: Filter): boolean {
  if (filter === 'archived') return row.archived
  if (row.archived) return false
  if (filter === 'running') return row.lastRun?.status === 'processing'
  if (filter === 'failed') return row.lastRun?.status === 'failed'
  return true
}

/** The rows to show, in order: those of the open folder, or of all when something is looked for. */
export function shown(rows: readonly WorkflowSummary[], view: View): WorkflowSummary[] {
  const all = everywhere(view)
  const kept = rows.filter(
    row =>
      (all || row.folderId === view.folder) &&
      (view.hidden || !row.hidden) &&
      (view.tag === null || row.tags.includes(view.tag)) &&
      passes(row, view.filter) &&
      matches(row, view.search),
  )
  return kept.sort((a, b) =>
    view.sort === 'name' ? byName(a, b) : b.updatedAt.localeCompare(a.updatedAt) || byName(a, b),
  )
}

/** The filters worth offering: All always, the others when they would find something. */
export function offered(rows: readonly WorkflowSummary[], current: Filter): Filter[] {
  return FILTERS.filter(
    filter => filter === 'all' || filter === current || rows.some(row => passes(row, filter)),
  )
}

const TAGS_OFFERED = 12

/** The tags worth offering, most used first; the chosen one is always among them. */
export function tagsOf(rows: readonly WorkflowSummary[], current: string | null): string[] {
  const uses = new Map<string, number>()
  for (const row of rows) {
    if (row.archived) continue
    for (const tag of row.tags) uses.set(tag, (uses.get(tag) ?? 0) + 1)
  }
  const tags = [...uses.keys()].sort(
    (a, b) => (uses.get(b) ?? 0) - (uses.get(a) ?? 0) || names.compare(a, b),
  )
  const first = tags.slice(0, TAGS_OFFERED)
  return current !== null && !first.includes(current) ? [current, ...first] : first
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function byName(a: WorkflowSummary, b: WorkflowSummary): number {
  return names.compare(a.name, b.name) || names.compare(a.slug, b.slug)
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
