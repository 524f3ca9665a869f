/** Entries and kept versions as one list, newest first, and what a filter leaves of it. */
import type { History } from '../../api/schema'
import type { Item } from './EntryList'

export interface Filter {
  /** The id of an author; null: everyone. */
  author: string | null
  /** Whether only named and published versions are shown. */
  kept: boolean
}

/** Put the pages of a history together. */
export function itemsOf(pages: readonly History[], { author, kept }: Filter): Item[] {
  const items: Item[] = []
  for (const page of pages) {
    for (const row of page.versions) {
      if (author === null || row.author?.id === author) {
        const key = `kept ${row.id}`
        items.push({ kind: 'kept', key, at: row.createdAt, version: row.version, kept: row })
      }
    }
    for (const entry of kept ? [] : page.entries) {
      if (author === null || entry.author?.id === author) {
        const key = `entry ${entry.after}`
        items.push({ kind: 'entry', key, at: entry.ended, version: entry.after, entry })
      }
    }
  }
  const order = (item: Item) => (item.kind === 'kept' ? 1 : 0)
  return items.sort((a, b) => b.version - a.version || order(b) - order(a))
}
