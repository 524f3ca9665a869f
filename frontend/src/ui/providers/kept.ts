/** The models a user marked and used last, stored in this browser for the user who is logged in. */
import { createStore } from 'zustand/vanilla'

interface Kept {
  favorites: readonly string[]
  /** By task, the last used first. */
  recent: Readonly<Record<string, readonly string[]>>
}

const RECENT = 4

const key = () => `models/${document.getElementById('root')?.dataset.user ?? ''}`

export const keptModels = createStore<Kept>(() => read())

/** Mark a model as a favorite, or no longer. */
export function toggleFavorite(id: string): void {
  const { favorites, recent } = keptModels.getState()
  const others = favorites.filter(other => other !== id)
  keep({ favorites: others.length < favorites.length ? others : [id, ...others], recent })
}

/** Note that a model was chosen for a task. */
export function noteUse(task: string, id: string): void {
  const { favorites, recent } = keptModels.getState()
  const last = [id, ...(recent[task] ?? []).filter(other => other !== id)].slice(0, RECENT)
  keep({ favorites, recent: { ...recent, [task]: last } })
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
    return { favorites: texts(kept.favorites), recent: Object.fromEntries(rows) }
  } catch {
    return { favorites: [], recent: {} }
  }
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string') : []
