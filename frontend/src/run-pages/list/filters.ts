/** Which runs are listed, as a query of the page's URL and of the request. No React. */
import { SOURCES, STATUSES } from '../format'

export interface Filters {
  workflow: string | null
  status: string | null
  source: string | null
}

export const ALL: Filters = { workflow: null, status: null, source: null }
export const PAGE = 25 // runs

/** Read filters from the query of a URL; what makes no sense is as if it were not there. */
export function parse(query: string): Filters {
  const params = new URLSearchParams(query)
  const status = params.get('status')
  const source = params.get('source')
  return {
    workflow: params.get('workflow') || null,
    status: status !== null && Object.hasOwn(STATUSES, status) ? status : null,
    source: source !== null && Object.hasOwn(SOURCES, source) ? source : null,
  }
}

/** Write filters as the query of a URL, with its question mark. */
export function write(filters: Filters): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value)
  return query.size ? `?${query}` : ''
}

/** The query that requests a page; `before` is the last run of the page before. */
export function pageQuery(filters: Filters, before: string | null): string {
  const query = new URLSearchParams(write(filters))
  query.set('limit', String(PAGE))
  if (before) query.set('before', before)
  return `?${query}`
}
