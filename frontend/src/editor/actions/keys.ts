/** The keys of actions: as they are declared, unless the user has given others, kept in this browser. */
import { createStore } from 'zustand/vanilla'
import { type Action, printed } from './action'

const KEY = 'shortcuts'

/** Keys by the id of an action; an empty text is none. */
export type OwnKeys = Readonly<Record<string, string>>

export const ownKeys = createStore<{ keys: OwnKeys }>(() => ({ keys: read() }))

/** The keys of an action in tinykeys' notation; undefined for none. */
export const shortcutOf = ({ id, shortcut }: Action): string | undefined =>
  (ownKeys.getState().keys[id] ?? shortcut) || undefined

/** The keys of an action as they are printed on keys. */
export const keysOf = (action: Action): string => printed(shortcutOf(action))

/** Give actions other keys; undefined gives one its declared keys back. */
export function setKeys(change: Readonly<Record<string, string | undefined>>): void {
  const merged = { ...ownKeys.getState().keys, ...change }
  keep(
    Object.fromEntries(Object.entries(merged).filter(([, keys]) => keys !== undefined)) as OwnKeys,
  )
}

/** Give all actions their declared keys back. */
export const resetKeys = (): void => keep({})

function keep(keys: OwnKeys): void {
  ownKeys.setState({ keys })
  try {
    localStorage.setItem(KEY, JSON.stringify(keys))
  } catch {
    // Without storage they last as long as the page.
  }
}

function read(): OwnKeys {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    const texts = Object.entries(kept).filter(([, keys]) => typeof keys === 'string')
    return Object.fromEntries(texts) as OwnKeys
  } catch {
    return {}
  }
}
