/** The document being edited: what is shown, its history, and the save status. No React. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DocumentNode, Operation, WorkflowDocument } from '../api/document'
import { History } from './history'
import { applyFitting, applyWithInverse } from './operations'
import type { SaveStatus, Sync } from './sync'
import { texts } from './texts'

export interface DocumentState {
  document: WorkflowDocument
  save: SaveStatus
  canUndo: boolean
  canRedo: boolean
}

export interface EditOptions {
  label: string
  /** Edits of one group in quick succession are one undo step. */
  group?: string
}

export class DocumentStore {
  readonly state: StoreApi<DocumentState>
  readonly history = new History()
  sync: Sync | null = null
  /** Told when an undo or redo could not be done in full. */
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
  edit(operations: Operation[], { label, group }: EditOptions): void {
    if (!operations.length || !this.canEdit) return
    const { document, inverse } = applyWithInverse(this.document, operations)
    if (document === this.document) return
    this.history.record({ label, operations, inverse, group, at: Date.now() })
    this.show(document)
    this.sync?.push(operations, label)
  }

  /** Save something that is no step of its own in the history, like where the view stands. */
  note(operations: Operation[], label: string): void {
    if (!this.canEdit || !this.sync?.pending) return
    this.show(applyWithInverse(this.document, operations).document)
    this.sync.push(operations, label)
  }

  undo(): string | undefined {
    const step = this.canEdit ? this.history.undo() : undefined
    if (step) this.replay(step.inverse, texts.undoLabel(step.label))
    return step?.label
  }

  redo(): string | undefined {
    const step = this.canEdit ? this.history.redo() : undefined
    if (step) this.replay(step.operations, texts.redoLabel(step.label))
    return step?.label
  }

  /** Show a document that came from elsewhere (others' edits below one's own). */
  show(document: WorkflowDocument): void {
    this.state.setState({
      document,
      canUndo: this.history.canUndo,
      canRedo: this.history.canRedo,
    })
  }

  private replay(operations: Operation[], label: string): void {
    // Others may have removed what a step touched since: do the rest and say so.
    const { document, kept, dropped } = applyFitting(this.document, operations)
    this.show(document)
    this.sync?.push(kept, label)
    if (dropped.length) this.onSkipped(dropped.length)
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
