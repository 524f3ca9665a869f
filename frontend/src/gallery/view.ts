/** What the gallery shows: the view in the page's URL, and which templates pass it. No React. */
import type { Need, TemplateFacts, WorkflowSummary } from '../api/schema'
import { matches } from '../ui/workflows/list'

export type Kind = TemplateFacts['kinds'][number]
/** What must be there: nothing at all, or one of these. */
export type Wanting = 'nothing' | Need['kind']

export interface View {
  search: string
  category: string | null
  kind: Kind | null
  need: Wanting | null
  /** The slug of the template that is open. */
  open: string | null
}

export const KINDS: readonly Kind[] = ['image', 'video', 'audio', 'text']
export const WANTINGS: readonly Wanting[] = ['nothing', 'key', 'weights', 'server', 'runner']

export const EVERYTHING = { search: '', category: null, kind: null, need: null } as const

const one = <T extends string>(values: readonly T[], param: string | null): T | null =>
  values.find(value => value === param) ?? null

export const QUERY = {
  parse(query: string): View {
    const params = new URLSearchParams(query)
    return {
      search: params.get('q') ?? '',
      category: params.get('category') || null,
      kind: one(KINDS, params.get('kind')),
      need: one(WANTINGS, params.get('needs')),
      open: params.get('template') || null,
    }
  },
  write({ search, category, kind, need, open }: View): string {
    const query = new URLSearchParams({
      ...(category && { category }),
      ...(kind && { kind }),
      ...(need && { needs: need }),
      ...(search && { q: search }),
      ...(open && { template: open }),
    })
    return query.size ? `?${query}` : ''
  },
}

/** What a template needs, each kind once; `nothing` where there is nothing. */
export function wantings(row: WorkflowSummary): Wanting[] {
  const kinds = new Set(row.template?.needs.map(({ kind }) => kind))
  return kinds.size ? [...kinds] : ['nothing']
}

type Filter = Pick<View, 'search' | 'category' | 'kind' | 'need'>

/** Return whether a template passes all filters. */
export const passes = (row: WorkflowSummary, { search, category, kind, need }: Filter): boolean =>
  (category === null || row.template?.category === category) &&
  (kind === null || row.template?.kinds.includes(kind) === true) &&
  (need === null || wantings(row).includes(need)) &&
  matches(row, search)

/** How many templates each value of a filter leaves, the other filters as they are; in their order. */
export function counts<T extends string>(
  rows: readonly WorkflowSummary[],
  others: Filter,
  valuesOf: (row: WorkflowSummary) => readonly T[],
): Map<T, number> {
  const found = new Map<T, number>()
  for (const row of rows) {
    const passed = passes(row, others) ? 1 : 0
    for (const value of valuesOf(row)) found.set(value, (found.get(value) ?? 0) + passed)
  }
  return found
}

/** The name of the account that published a template; null for the shipped ones. */
export function authorOf(row: WorkflowSummary): string | null {
  const author = row.appId.split('/')[1] ?? ''
  return author === SYSTEM_USER ? null : author
}

const SYSTEM_USER = 'patchbay'
