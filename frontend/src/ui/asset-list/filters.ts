/** Which files are listed, as it is in the page's URL and in the request. No React. */

export const KINDS = ['image', 'video', 'audio', 'file'] as const
export const SOURCES = ['made', 'uploaded'] as const
/** How far back files go: days before now. */
export const DAYS = [1, 7, 30, 90] as const

export interface Filters {
  q: string
  workflow: string | null
  node: string | null
  nodeType: string | null
  kind: (typeof KINDS)[number] | null
  source: (typeof SOURCES)[number] | null
  starred: boolean
  collection: string | null
  days: number | null
}

export const ALL: Filters = {
  q: '',
  workflow: null,
  node: null,
  nodeType: null,
  kind: null,
  source: null,
  starred: false,
  collection: null,
  days: null,
}
export const PAGE = 120 // files

const MOST_CHARACTERS = 200
const DAY_MS = 86_400_000

/** Read filters from the query of a URL; what makes no sense is as if it were not there. */
export function parse(query: string): Filters {
  const parameters = new URLSearchParams(query)
  const text = (name: string) => parameters.get(name)?.slice(0, MOST_CHARACTERS) || null
  const days = Number(parameters.get('days'))
  return {
    q: text('q') ?? '',
    workflow: text('workflow'),
    node: text('node'),
    nodeType: text('nodeType'),
    kind: KINDS.find(kind => kind === parameters.get('kind')) ?? null,
    source: SOURCES.find(source => source === parameters.get('source')) ?? null,
    starred: parameters.get('starred') === 'true',
    collection: text('collection'),
    days: DAYS.find(known => known === days) ?? null,
  }
}

/** Write filters as the query of a URL, with its question mark. */
export function write(filters: Filters): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, String(value))
  return query.size ? `?${query}` : ''
}

/** The query by which the server lets the same files through, seen from `now`. */
export function requestQuery(filters: Filters, now = Date.now()): URLSearchParams {
  const query = new URLSearchParams(write({ ...filters, q: filters.q.trim(), days: null }))
  // To the hour, so that the same request is the same for a while.
  const since = filters.days && Math.floor((now - filters.days * DAY_MS) / 3_600_000) * 3_600_000
  if (since) query.set('since', new Date(since).toISOString())
  return query
}

/** How many filters are set, the search aside. */
export const filterCount = ({ q: _, ...filters }: Filters): number =>
  Object.values(filters).filter(Boolean).length
