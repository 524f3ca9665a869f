/** The others at the workflow of a session, by the id of their page; nothing here is saved. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Session } from '../session'

export interface Member {
  name: string
  role: string
  user: string
  at?: [number, number]
  view?: [number, number, number]
  selected?: string[]
  drag?: Record<string, [number, number]>
  /** Whether the user has done nothing there for some minutes. */
  idle?: boolean
}

export interface MembersState {
  members: Readonly<Record<string, Member>>
  /** Whose view this page follows. */
  following: string | null
}

const stores = new WeakMap<Session, StoreApi<MembersState>>()
const COLORS = 8

/** The store of a session, made when it is first needed. */
export function membersOf(session: Session): StoreApi<MembersState> {
  let store = stores.get(session)
  if (!store) {
    store = createStore<MembersState>(() => ({ members: {}, following: null }))
    stores.set(session, store)
  }
  return store
}

/** The color of a page, as one of the tokens; its name is written beside it wherever it is used. */
export function colorOf(id: string): string {
  let sum = 0
  for (const character of id) sum += character.charCodeAt(0)
  return `var(--member-${(sum % COLORS) + 1})`
}
