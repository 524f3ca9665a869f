/** What the library is asked to show, as it stands in the page's address. No React. */

export const FILTERS = ['all', 'running', 'failed', 'archived'] as const
export type Filter = (typeof FILTERS)[number]
export type Sort = 'edited' | 'name'

export interface View {
  /** The folder that is open; null at the root. */
  folder: string | null
  search: string
  filter: Filter
  tag: string | null
  /** Whether hidden workflows are shown too. */
  hidden: boolean
  sort: Sort
}

export const ROOT: View = {
  folder: null,
  search: '',
  filter: 'all',
  tag: null,
  hidden: false,
  sort: 'edited',
}

/** Read a view from the query of an address; what makes no sense is as if it were not there. */
export function parse(query: string): View {
  const asked = new URLSearchParams(query)
  const show = asked.get('show') as Filter
  return {
    folder: asked.get('folder') || null,
    search: asked.get('q') ?? '',
    filter: FILTERS.includes(show) ? show : 'all',
    tag: asked.get('tag') || null,
    hidden: asked.get('hidden') === 'true',
    sort: asked.get('sort') === 'name' ? 'name' : 'edited',
  }
}

/** Write a view as the query of an address, with its question mark; the root is nothing at all. */
export function write(view: View): string {
  const query = new URLSearchParams()
  if (view.folder) query.set('folder', view.folder)
  if (view.filter !== 'all') query.set('show', view.filter)
  if (view.tag) query.set('tag', view.tag)
  if (view.search) query.set('q', view.search)
  if (view.hidden) query.set('hidden', 'true')
  if (view.sort !== 'edited') query.set('sort', view.sort)
  const text = query.toString()
  return text ? `?${text}` : ''
}

/** Whether a view looks through all folders, because something is looked for. */
export const everywhere = (view: View): boolean =>
  Boolean(view.search.trim() || view.tag || view.filter !== 'all')
