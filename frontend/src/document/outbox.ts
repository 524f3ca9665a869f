/**
 * Edits the server has not acknowledged, stored in the browser's database so that a crash or a closed
 * tab loses none. Each tab writes its own entry; a later page adopts the entries of dead tabs.
 */
import { del, get, keys, set } from 'idb-keyval'
import type { Operation } from '../api/document'
import { uuid } from '../lib/ids'

/** The step of undo that operations are part of, and what they do with it: '' is an edit. */
export interface Part {
  step: string
  action: '' | 'undo' | 'redo'
  /** Whether they put another document, such as a file's, in the place of everything. */
  whole?: boolean
}

export interface Batch extends Partial<Part> {
  batchId: string
  label: string
  operations: Operation[]
  /** The version this batch was sent against; null while it is still growing. */
  baseVersion: number | null
}

export interface Outbox {
  /** Batches that other pages of this workflow left behind, oldest first. */
  adopt(): Promise<Batch[]>
  write(batches: readonly Batch[]): Promise<void>
}

const PREFIX = 'changes/'

/** Open the outbox of one workflow for this page. */
export function openOutbox(slug: string): Outbox {
  const prefix = `${PREFIX}${slug}/`
  const own = prefix + uuid()
  holdLock(own)
  return {
    adopt: () =>
      alone(async () => {
        const found: Batch[] = []
        const alive = await liveLocks()
        for (const key of await keys<string>()) {
          if (!key.startsWith(prefix) || key === own) continue
          if (alive.has(key)) continue
          const batches = (await get<Batch[]>(key)) ?? []
          // A batch that was never sent could still grow in a page we cannot see: give it a new id,
          // so that the server does not take the longer one for a repetition.
          found.push(
            ...batches.map(batch =>
              batch.baseVersion === null ? { ...batch, batchId: uuid() } : batch,
            ),
          )
          await set(own, found)
          await del(key)
        }
        return found
      }),
    write: batches => (batches.length ? set(own, batches) : del(own)),
  }
}

/** Call for each workflow of which another page has edits unsent, once that page is gone. */
export async function whenLeft(send: (slug: string) => void): Promise<void> {
  // Without locks it is unknown who is gone.
  if (!navigator.locks) return
  for (const key of await keys<string>()) {
    if (!key.startsWith(PREFIX)) continue
    const slug = key.slice(PREFIX.length, key.lastIndexOf('/'))
    navigator.locks
      .request(key, () => {})
      .then(
        () => send(slug),
        () => {},
      )
  }
}

/** Do something that no other page does meanwhile. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request('adopt', work) : work()
}

function holdLock(name: string): void {
  // Locks exist only in secure contexts; without them adopting twice is harmless, see above.
  navigator.locks?.request(name, () => new Promise(() => {})).catch(() => {})
}

async function liveLocks(): Promise<Set<string>> {
  const snapshot = await navigator.locks?.query().catch(() => undefined)
  return new Set(snapshot?.held?.map(lock => lock.name ?? '') ?? [])
}
