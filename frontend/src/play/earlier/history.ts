/** The last runs of one workflow in this browser, so that they outlive a reload. No React. */
import type { JsonObject } from '../../api/document'
import { texts } from '../texts'

export interface PastRun {
  id: string
  /** When it was started, ISO 8601. */
  at: string
  status: 'processing' | 'completed' | 'failed' | 'cancelled'
  ms: number | null
  inputs: JsonObject
  result: unknown
  message: string
  /** The node at which it failed. */
  failedNode?: string
  /** It lacks a key that its user may choose. */
  needsKey?: boolean
  /** Where a visitor reads it. */
  pollUrl?: string
}

const MOST = 12
/** Characters of JSON for one workflow; the oldest runs go first. */
const ROOM = 200_000

/** The list with a run put in front, or replaced where it is. */
export function withRun(runs: readonly PastRun[], run: PastRun): PastRun[] {
  const known = runs.some(other => other.id === run.id)
  const next = known ? runs.map(other => (other.id === run.id ? run : other)) : [run, ...runs]
  const stored = next.slice(0, MOST)
  while (stored.length > 1 && JSON.stringify(stored).length > ROOM) stored.pop()
  return stored
}

/** Each user of a shared browser has their own list of a workflow. */
const keyOf = (user: string, slug: string) => texts.playedUserSlug(user || '-', slug)

/** Read the list; without storage, or with invalid data in it, it is empty. */
export function readHistory(user: string, slug: string): PastRun[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(keyOf(user, slug)) ?? '[]')
    return Array.isArray(found) ? found.filter(isPastRun) : []
  } catch {
    return []
  }
}

/** Keep the list; where there is no room or no storage it lasts as long as the page. */
export function writeHistory(user: string, slug: string, runs: readonly PastRun[]): void {
  try {
    if (runs.length) localStorage.setItem(keyOf(user, slug), JSON.stringify(runs))
    else localStorage.removeItem(keyOf(user, slug))
  } catch {
    // The page still shows it.
  }
}

function isPastRun(value: unknown): value is PastRun {
  if (typeof value !== 'object' || value === null) return false
  const { id, at, status } = value as PastRun
  return typeof id === 'string' && typeof at === 'string' && typeof status === 'string'
}
