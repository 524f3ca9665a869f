/** What the cards of an open graph share: what is marked, which values are inputs, how to go inside. */

import { createContext } from 'react'
import type { ComfyNode } from '../../api/schema'

/** What went wrong at a node, and at which of its inputs. */
export interface Mark {
  message: string
  input: string | null
}

export interface ViewerState {
  /** By the id a node has on the canvas that is shown. */
  marks: ReadonlyMap<string, Mark>
  /** Whether a value of a node is an input of the workflow. */
  isInput: (node: ComfyNode, widget: string) => boolean
  enter: (id: string) => void
}

export const ViewerContext = createContext<ViewerState>({
  marks: new Map(),
  isInput: () => false,
  enter: () => {},
})
