/** The models somebody marked and used last, kept in this browser for the user who is signed in. */
import { createStore } from 'zustand/vanilla'

interface Kept {
  favourites: readonly string[]
  /** By task, the last used first. */
  recent: Readonly<Record<string, readonly string[]>>
}

const RECENT = 4

const key = () => `models/${document.getElementById('root')?.dataset.user ?? ''}`

export const keptModels = createStore<Kept>(() => read())

/** Mark a model as a favourite, or no longer. */
export function toggleFavourite(id: string): void {
  const { favourites, recent } = keptModels.getState()
  const others = favourites.filter(other => other !== id)
  keep({ favourites: others.length < favourites.length ? others : [id, ...others], recent })
}

/** Note that a model was chosen for a task. */
export function noteUse(task: string, id: string): void {
  const { favourites, recent } = keptModels.getState()
  const last = [id, ...(recent[task] ?? []).filter(other => other !== id)].slice(0, RECENT)
  keep({ favourites, recent: { ...recent, [task]: last } })
}

function keep(kept: Kept): void {
  keptModels.setState(kept)
  try {
    localStorage.setItem(key(), JSON.stringify(kept))
  } catch {
    // Without storage they last as long as the page.
  }
}

function read(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(key()) ?? '{}') as Partial<Kept>
    const rows = Object.entries(kept.recent ?? {}).map(([task, ids]) => [task, texts(ids)])
    return { favourites: texts(kept.favourites), recent: Object.fromEntries(rows) }
  } catch {
    return { favourites: [], recent: {} }
  }
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string') : []
