/** What is open and pointed at in the editor; nothing here is saved. */

import { createStore } from 'zustand/vanilla'
import type { Anchor, Imported } from '../api/schema'
import type { Lost } from './together/lost'

export interface Point {
  x: number
  y: number
}

/** A connection being drawn: the port it starts from. */
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
  /** Find a place that covers no other node. */
  clear?: boolean
  /** The dropped connection that the new node is to be connected to. */
  connecting?: Connecting | undefined
  /** The id of the connection that the new node is put into. */
  insert?: string
  /** Outputs to choose from, for a connection from the keyboard; it may end at nodes there are. */
  outputs?: readonly Connecting[]
}

export interface MenuRequest {
  at: { x: number; y: number }
  kind: 'canvas' | 'node' | 'edge'
  /** The field of the node that it was opened on. */
  field?: string | undefined
}

/** A file that has been read and waits for a user to say what becomes of it. */
export interface PendingImport {
  found: Imported
  at: Point
  /** What else can be done with it: it is an image. */
  asImage?: (() => void) | undefined
  /** It is on the canvas already; there is only something to show. */
  done?: boolean
}

/** A field that chooses a model, and what the picker must not cover. */
export interface PickerRequest {
  node: string
  field: string
  from: 'card' | 'inspector'
}

/** What is shown of the comments; they themselves are in a part that is loaded with the first one. */
export interface CommentsView {
  /** Whether that part is loaded. */
  shown: boolean
  panel: boolean
  /** Whether a click says where a comment goes. */
  placing: boolean
  /** The thread that is open. */
  thread: string | null
  /** Where a new thread goes, while its first comment is written. */
  draft: Anchor | null
  unread: number
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
  /** Whether the keys that this workflow needs are shown. */
  keys: boolean
  /** The field whose model is being chosen. */
  picker: PickerRequest | null
  /** Whether the dialog about who shares the workflow is open. */
  sharing: boolean
  /** What own edits have lost to those of others. */
  lost: readonly Lost[]
  /** The provider that is being connected, for the sake of a node. */
  provider: { id: string; node: string } | null
  /** A workflow file that waits for a response. */
  pendingImport: PendingImport | null
  /** The node whose graph is open, and the node of that graph to begin at. */
  graph: { node: string; start?: string | undefined } | null
  /** The node whose box or mask is drawn on its image: on its card, or large over the page. */
  handles: { node: string; large?: boolean; mask?: boolean } | null
  /** The node whose variations are open. */
  variations: string | null
  /** What is searched, and which match is shown; null while nothing is. */
  find: { query: string; at: number } | null
  /** Whether the workflow is shown as a list. */
  outline: boolean
  /** Whether the files of the account are shown, to be dragged onto the canvas. */
  assets: boolean
  /** Whether the history is shown. */
  history: boolean
  /** Whether the form of the workflow is made. */
  app: boolean
  /** Whether the command palette is open. */
  commands: boolean
  comments: CommentsView
  logOpen: boolean
  /** The node whose title is being edited. */
  renaming: string | null
  inspectorOpen: boolean
  /** The field of the inspector that takes the focus when it is drawn. */
  focusField: { node: string; field: string } | null
  /** The request field whose settings are open, as `node field`. */
  openField: string | null
}

/** Whether the page is as narrow as a phone, on which a list is read and edited better than a canvas. */
export const isNarrow = () =>
  typeof matchMedia === 'function' && matchMedia('(max-width: 640px)').matches

/** Make the store of one editor page; on a phone the outline is what it opens with. */
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
    sharing: false,
    lost: [],
    provider: null,
    pendingImport: null,
    graph: null,
    handles: null,
    variations: null,
    find: null,
    outline: isNarrow(),
    assets: false,
    history: false,
    app: false,
    commands: false,
    comments: {
      shown: false,
      panel: false,
      placing: false,
      thread: null,
      draft: null,
      unread: 0,
    },
    logOpen: false,
    renaming: null,
    inspectorOpen: true,
    focusField: null,
    openField: null,
  }))
}
