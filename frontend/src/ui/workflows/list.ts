/** Choosing from the list of workflows: one's own and templates, by search, by tag, by name. No React. */

import type { WorkflowSummary } from '../../api/schema'
import { LOCALE } from '../../lib/locale'
/** Split the list into what is one's own and what is offered to start from, ready ones first. */
export function divide(
  rows: readonly WorkflowSummary[],
  me: string | undefined,
): { own: WorkflowSummary[]; templates: WorkflowSummary[] } {
  return {
    own: rows.filter(row => !row.isTemplate || row.createdBy === me || row.sharedBy !== null),
    templates: rows
      .filter(row => row.isTemplate && !row.hidden && !row.archived)
      .sort((a, b) => needs(a) - needs(b) || byName(a, b)),
  }
}

/** How much must be there before a template runs: those that need nothing come first. */
const needs = (row: WorkflowSummary) => row.template?.needs.length ?? 0

/** Return whether every word of the search is found in the name, the description or the tags. */
export function matches(row: WorkflowSummary, search: string): boolean {
  const text = plain([row.name, row.description, ...row.tags].join(' '))
  return plain(search)
    .split(/\s+/)
    .every(word => text.includes(word))
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

const names = new Intl.Collator(LOCALE, { numeric: true, sensitivity: 'base' })

/** Names in the order of users: "Poster 9" before "Poster 10". */
export function byName(a: WorkflowSummary, b: WorkflowSummary): number {
  return names.compare(a.name, b.name) || names.compare(a.slug, b.slug)
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
