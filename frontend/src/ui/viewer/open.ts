/** Opening the viewer from any page: what it shows. The viewer itself loads with its first use. */
import type { LucideIcon } from 'lucide-react'
import { createStore } from 'zustand/vanilla'
import type { Media } from '../../api/media'

/** One result: a file, or a text. */
export interface ViewerItem {
  media?: Media | null
  text?: string | null
  /** What it is called: the node that made it, or the name of the file. */
  title: string
  /** The user's own run that made it, for how it was made. */
  run?: string | null
  /** Whether it is a file of the user's own, even if no run made it. */
  own?: boolean
  /** The node of that run; without one it is found by its file. */
  node?: string | null
  /** What it was made of, to compare it with. */
  before?: ViewerItem | null
}

/** One more thing to do with what is shown. */
export interface ViewerAction {
  label: string
  icon?: LucideIcon
  when?: (item: ViewerItem) => boolean
  /** The viewer closes first. */
  run: (item: ViewerItem) => void
}

export interface ViewerRequest {
  items: readonly ViewerItem[]
  /** The place of the item to begin with. */
  at?: number
  /** The place of the item to compare it with from the start. */
  beside?: number
  actions?: readonly ViewerAction[]
}

export const viewer = createStore<{ request: ViewerRequest | null }>(() => ({ request: null }))

/** Show results at full size, over whatever page is open. */
export function openViewer(request: ViewerRequest): void {
  if (request.items.length) viewer.setState({ request })
}
