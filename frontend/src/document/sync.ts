/**
 * Autosave. Owns what the server has confirmed and the batches it has not; sends one batch at a
 * time, rebases own edits over others' on a conflict, and keeps everything while offline.
 */
import type { Change, Operation, WorkflowDocument } from '../api/document'
import { uuid } from '../lib/ids'
import { apply, applyFitting, compact } from './operations'
import type { Batch, Outbox } from './outbox'
import { texts } from './texts'

export const IDLE_MS = 300
/** How long to wait after a number of failures in a row. */
const RETRY_MS = [1000, 2000, 4000, 8000, 15000]
const LAST_RETRY_MS = 30_000

export type SaveState = 'saved' | 'saving' | 'offline' | 'failed'
export interface SaveStatus {
  state: SaveState
  /** Operations the server has not confirmed. */
  count: number
  /** Why saving failed, in a sentence. */
  message?: string
}

export interface ChangeRequest {
  baseVersion: number
  batchId: string
  label: string
  operations: Operation[]
}

/** What the server said to a batch; a network failure or a 5xx is `unreachable`. */
export type Answer =
  | { kind: 'accepted'; version: number }
  | { kind: 'conflict'; version: number; missed: Change[] }
  | { kind: 'rejected'; message: string; index?: number }
  | { kind: 'unreachable' }

export interface Transport {
  send(request: ChangeRequest, leaving: boolean): Promise<Answer>
  /** Read the whole document; null when it is still at the version `known`. */
  load(known?: number): Promise<{ document: WorkflowDocument; version: number } | null>
}

export interface SyncListener {
  /** The document after others' changes came in below one's own. */
  document(document: WorkflowDocument): void
  status(status: SaveStatus): void
  /** Own edits that could not be kept, with the reason as a sentence. */
  dropped(operations: Operation[], reason: string): void
}

export class Sync {
  private queue: Batch[] = []
  private sending: Promise<void> | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private state: SaveState = 'saved'
  private message: string | undefined

  constructor(
    private base: WorkflowDocument,
    private version: number,
    private readonly transport: Transport,
    private readonly outbox: Outbox,
    private readonly listener: SyncListener,
  ) {}

  /** Take over what dead pages left unsaved, show it, and send it. */
  async start(): Promise<void> {
    const left = await this.outbox.adopt().catch(() => [])
    if (!left.length) return
    this.queue = [...left, ...this.queue]
    this.tell('saving')
    this.listener.document(this.view())
    this.schedule(0)
  }

  /** Add operations that the page has already applied to what it shows. */
  push(operations: Operation[], label: string): void {
    if (!operations.length) return
    const last = this.queue.at(-1)
    if (last && last.baseVersion === null) {
      last.operations = compact([...last.operations, ...operations])
    } else {
      this.queue.push({ batchId: uuid(), label, operations, baseVersion: null })
    }
    void this.keep()
    if (this.state === 'saved') this.tell('saving')
    else this.tell(this.state, this.message)
    if (this.state !== 'offline' && this.state !== 'failed') this.schedule(IDLE_MS)
  }

  /** Send everything now. True when the server has confirmed it all. */
  async flush(leaving = false): Promise<boolean> {
    clearTimeout(this.timer)
    if (leaving) {
      // Only the head may go: a later batch overtaking one in flight would change their order.
      const next = this.queue[0]
      if (next?.baseVersion === null && !this.sending) await this.sendOne(next, true)
      return !this.queue.length
    }
    while (this.queue.length) {
      const before = this.failures
      if (!this.sending)
        this.sending = this.send().finally(() => {
          this.sending = null
        })
      await this.sending
      if (this.state === 'failed' || this.failures > before) return false
    }
    return true
  }

  /** Try again after a failure: the button in the save chip, or the network coming back. */
  retry(): Promise<boolean> {
    this.failures = 0
    this.tell('saving')
    return this.flush()
  }

  /** Show what others have changed meanwhile, if nothing of one's own is under way. */
  async refresh(): Promise<void> {
    if (this.queue.length || this.sending) return
    const loaded = await this.transport.load(this.version).catch(() => null)
    if (!loaded || loaded.version <= this.version) return
    this.base = loaded.document
    this.version = loaded.version
    // Edits made while the response was on its way go on top of it.
    await this.rebase(texts.anotherUserRemovedWhatTheyChanged)
  }

  get pending(): number {
    return this.queue.reduce((sum, batch) => sum + batch.operations.length, 0)
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.flush(), ms)
  }

  private async send(): Promise<void> {
    const batch = this.queue[0]
    if (batch) await this.sendOne(batch, false)
  }

  private async sendOne(batch: Batch, leaving: boolean): Promise<void> {
    // From here on the batch is fixed: a repetition under its id must carry the same operations.
    batch.baseVersion ??= this.version
    this.tell('saving')
    const kept = this.keep()
    // A page that is leaving gets no second turn: ask at once, the outbox write is under way.
    if (!leaving) await kept
    const { batchId, label, operations, baseVersion } = batch
    const answer = await this.transport.send({ batchId, label, operations, baseVersion }, leaving)
    switch (answer.kind) {
      case 'accepted':
        return this.accepted(batch, answer.version)
      case 'conflict':
        return this.conflict(answer.version, answer.missed)
      case 'rejected':
        return this.rejected(batch, answer.message, answer.index)
      case 'unreachable':
        this.failures += 1
        this.tell('offline')
        this.schedule(RETRY_MS[this.failures - 1] ?? LAST_RETRY_MS)
    }
  }

  private async accepted(batch: Batch, version: number): Promise<void> {
    this.failures = 0
    // An older version means that the response was lost once and the base already holds the batch.
    if (version > this.version) {
      this.base = applyFitting(this.base, batch.operations).document
      this.version = version
    }
    this.queue = this.queue.filter(other => other !== batch)
    await this.keep()
    this.tell(this.queue.length ? 'saving' : 'saved')
  }

  private async conflict(version: number, missed: Change[]): Promise<void> {
    this.failures = 0
    const fresh = missed.filter(change => change.version > this.version)
    const complete = fresh.length === version - this.version
    if (complete) {
      try {
        this.base = fresh.reduce((base, change) => apply(base, change.operations), this.base)
        this.version = version
        return this.rebase(texts.anotherUserRemovedWhatTheyChanged)
      } catch {
        // The base is not what the server has: read it again below.
      }
    }
    await this.reload(texts.anotherUserRemovedWhatTheyChanged)
  }

  private async rejected(batch: Batch, message: string, index?: number): Promise<void> {
    const refused = index === undefined ? undefined : batch.operations[index]
    if (!refused) {
      batch.baseVersion = null
      this.tell('failed', message)
      return
    }
    batch.operations = batch.operations.filter(operation => operation !== refused)
    this.listener.dropped([refused], message)
    await this.reload(message)
  }

  private async reload(reason: string): Promise<void> {
    try {
      const loaded = await this.transport.load()
      if (!loaded) return
      this.base = loaded.document
      this.version = loaded.version
    } catch {
      this.failures += 1
      this.tell('offline')
      this.schedule(RETRY_MS[this.failures - 1] ?? LAST_RETRY_MS)
      return
    }
    await this.rebase(reason)
  }

  private async rebase(reason: string): Promise<void> {
    const dropped: Operation[] = []
    let current = this.base
    for (const batch of this.queue) {
      const done = applyFitting(current, batch.operations)
      current = done.document
      batch.operations = done.kept
      batch.baseVersion = null
      dropped.push(...done.dropped)
    }
    this.queue = this.queue.filter(batch => batch.operations.length)
    await this.keep()
    this.listener.document(current)
    if (dropped.length) this.listener.dropped(dropped, reason)
    this.tell(this.queue.length ? 'saving' : 'saved')
  }

  private view(): WorkflowDocument {
    const all = this.queue.flatMap(batch => batch.operations)
    return applyFitting(this.base, all).document
  }

  private keep(): Promise<void> {
    // A browser that forbids the database (private mode) still saves while the page lives.
    return this.outbox.write(this.queue).catch(() => {})
  }

  private tell(state: SaveState, message?: string): void {
    this.state = state
    this.message = message
    this.listener.status({ state, count: this.pending, message })
  }
}
