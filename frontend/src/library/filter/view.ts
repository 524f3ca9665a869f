/** What the library shows, as a query of the page's URL. No React. */

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

/** Read a view from the query of a URL; what makes no sense is as if it were not there. */
export function parse(query: string): View {
  const params = new URLSearchParams(query)
  const show = params.get('show') as Filter
  return {
    folder: params.get('folder') || null,
    search: params.get('q') ?? '',
    filter: FILTERS.includes(show) ? show : 'all',
    tag: params.get('tag') || null,
    hidden: params.get('hidden') === 'true',
    sort: params.get('sort') === 'name' ? 'name' : 'edited',
  }
}

/** Write a view as the query of a URL, with its question mark; the root is nothing at all. */
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

/** Whether a view shows all folders, because something is searched for. */
export const everywhere = (view: View): boolean =>
  Boolean(view.search.trim() || view.tag || view.filter !== 'all')
