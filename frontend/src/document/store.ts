/** The document being edited: what is shown, its history, and the save status. No React. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DocumentNode, Operation, WorkflowDocument } from '../api/document'
import { History, takeBack } from './history'
import { applyWithInverse } from './operations'
import type { Part } from './outbox'
import type { SaveStatus, Sync } from './sync'
import { texts } from './texts'

/** With fewer steps left than this, older ones are read. */
const READ_AHEAD = 10

export interface DocumentState {
  document: WorkflowDocument
  save: SaveStatus
  canUndo: boolean
  canRedo: boolean
}

export interface EditOptions {
  label: string
  /** Edits of one group in quick succession are one undo step. */
  group?: string | undefined
  /** However long they take: a gesture is under way. */
  lasting?: boolean | undefined
  /** Another document takes the place of everything, with the ids it has. */
  whole?: boolean
}

export class DocumentStore {
  readonly state: StoreApi<DocumentState>
  readonly history = new History()
  sync: Sync | null = null
  /** Reads older steps into the history, where there is a log to read them from. */
  older: (() => Promise<void>) | null = null
  private reading: Promise<void> | null = null
  /** Called when an undo or redo could not be done in full. */
  onSkipped: (count: number) => void = () => {}

  constructor(
    document: WorkflowDocument,
    readonly canEdit: boolean,
  ) {
    this.state = createStore<DocumentState>(() => ({
      document,
      save: { state: 'saved', count: 0 },
      canUndo: false,
      canRedo: false,
    }))
  }

  get document(): WorkflowDocument {
    return this.state.getState().document
  }

  /** Find a node by id. */
  node(id: string): DocumentNode | undefined {
    return nodesById(this.document).get(id)
  }

  /** Apply an edit, remember how to take it back, and save it. */
  edit(operations: Operation[], { label, group, lasting, whole }: EditOptions): void {
    if (!operations.length || !this.canEdit) return
    const { document, inverse } = applyWithInverse(this.document, operations)
    if (document === this.document) return
    const step = this.history.record({ label, operations, inverse, group, lasting, at: Date.now() })
    this.show(document)
    this.sync?.push(operations, label, { step, action: '', ...(whole && { whole }) })
  }

  /** Save something that is no step of its own in the history, like the viewport. */
  note(operations: Operation[], label: string): void {
    if (!this.canEdit || !this.sync?.pending) return
    this.show(applyWithInverse(this.document, operations).document)
    this.sync.push(operations, label)
  }

  /** Take the last step back and return its name; undefined where there is none. */
  undo(): string | undefined {
    const step = this.canEdit ? this.history.undo() : undefined
    if (!step) return undefined
    const { id, label, operations, inverse } = step
    this.replay(operations, inverse, texts.undoLabel(label), { step: id, action: 'undo' })
    if (this.history.labels.length < READ_AHEAD) void this.readOlder()
    return label
  }

  redo(): string | undefined {
    const step = this.canEdit ? this.history.redo() : undefined
    if (!step) return undefined
    const { id, label, operations, inverse } = step
    this.replay(inverse, operations, texts.redoLabel(label), { step: id, action: 'redo' })
    return label
  }

  /** Read older steps from the log, if it has any; the first call reads the newest ones. */
  readOlder(): Promise<void> {
    if (!this.older || !this.canEdit || !this.history.hasOlder) return Promise.resolve()
    this.reading ??= this.older()
      // Without a connection there is nothing older to undo now; the next undo reads again.
      .catch(() => {})
      .finally(() => {
        this.reading = null
        this.show(this.document)
      })
    return this.reading
  }

  /** Show a document that came from elsewhere (others' edits below one's own). */
  show(document: WorkflowDocument): void {
    this.state.setState({
      document,
      canUndo: this.history.canUndo,
      canRedo: this.history.canRedo,
    })
  }

  private replay(done: Operation[], back: Operation[], label: string, part: Part): void {
    // Others may have changed what a step touched since: do the rest and say so.
    const { document, kept, skipped } = takeBack(this.document, done, back)
    this.show(document)
    this.sync?.push(kept, label, part)
    if (skipped.length) this.onSkipped(skipped.length)
  }
}

const byId = new WeakMap<DocumentNode[], Map<string, DocumentNode>>()

/** Index a document's nodes by id; made once per list of nodes. */
export function nodesById(document: WorkflowDocument): Map<string, DocumentNode> {
  let index = byId.get(document.nodes)
  if (!index) {
    index = new Map(document.nodes.map(node => [node.id, node]))
    byId.set(document.nodes, index)
  }
  return index
}
