/** What is open and pointed at in the editor; nothing here is saved. */

import { createStore } from 'zustand/vanilla'
import type { Imported } from '../api/schema'

export interface Point {
  x: number
  y: number
}

/** A wire being drawn: the port it starts from. */
export interface Connecting {
  node: string
  port: string
  handle: string
  side: 'in' | 'out'
  type: string
}

export interface PaletteRequest {
  /** Where the palette opens, px in the window. */
  at: { x: number; y: number }
  /** Where the node goes, in canvas coordinates. */
  place: { x: number; y: number }
  /** Look for a place that covers no other node. */
  clear?: boolean
  /** The dropped wire that the new node is to be connected to. */
  wire?: Connecting
  /** The id of the connection that the new node is put into. */
  insert?: string
  /** Outputs to choose from, for a wire that begins at the keyboard; it may end at nodes there are. */
  outputs?: readonly Connecting[]
}

interface MenuRequest {
  at: { x: number; y: number }
  kind: 'canvas' | 'node' | 'edge'
}

/** A file that has been read and waits for a user to say what becomes of it. */
export interface Arrived {
  found: Imported
  at: Point
  /** What else can be done with it: it is an image. */
  asPicture?: () => void
  /** It is on the canvas already; there is only something to be told. */
  done?: boolean
}

/** A field that chooses a model, and what the picker must not cover. */
export interface PickerRequest {
  node: string
  field: string
  from: 'card' | 'inspector'
}

export interface ViewState {
  palette: PaletteRequest | null
  menu: MenuRequest | null
  connecting: Connecting | null
  shortcuts: boolean
  /** Whether the dialog about the API is open. */
  api: boolean
  /** Whether the dialog that takes the workflow out as a file is open. */
  exporting: boolean
  /** Whether the keys that this workflow asks for are shown. */
  keys: boolean
  /** The field whose model is being chosen. */
  picker: PickerRequest | null
  /** The provider that is being connected, for the sake of a node. */
  provider: { id: string; node: string } | null
  /** A workflow file that waits for a response. */
  arrived: Arrived | null
  /** The node whose graph is open, and the node of that graph to begin at. */
  graph: { node: string; start?: string } | null
  /** What is looked for, and which match is shown; null while nothing is. */
  find: { query: string; at: number } | null
  /** Whether the workflow is shown as a list. */
  outline: boolean
  /** Whether the command palette is open. */
  commands: boolean
  logOpen: boolean
  /** The node whose title is being edited. */
  renaming: string | null
  inspectorOpen: boolean
  /** The request field whose settings are open, as `node field`. */
  openField: string | null
}

/** Make the store of one editor page. */
export function createView() {
  return createStore<ViewState>(() => ({
    palette: null,
    menu: null,
    connecting: null,
    shortcuts: false,
    api: false,
    exporting: false,
    keys: false,
    picker: null,
    provider: null,
    arrived: null,
    graph: null,
    find: null,
    outline: false,
    commands: false,
    logOpen: false,
    renaming: null,
    inspectorOpen: true,
    openField: null,
  }))
}
