/**
 * Autosave and the log. Owns what the server has confirmed and the batches it has not; sends one
 * batch at a time, takes in others' changes below own edits, and keeps everything while offline.
 */
import type { Change, Operation, WorkflowDocument } from '../api/document'
import { uuid } from '../lib/ids'
import { apply, applyFitting, compact } from './operations'
import type { Batch, Outbox, Part } from './outbox'
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
  message?: string | undefined
  /** The server has another history of this workflow: nothing is sent any more. */
  restored?: boolean | undefined
}

export interface ChangeRequest extends Partial<Part> {
  baseVersion: number
  batchId: string
  label: string
  operations: Operation[]
  epoch?: string | undefined
}

/** What the server said to a batch; a network failure or a 5xx is `unreachable`. */
export type Outcome =
  /** With others' changes since the batch's base, itself included, if there are any. */
  | { kind: 'accepted'; version: number; missed?: Change[] }
  | { kind: 'conflict'; version: number; missed: Change[] }
  | { kind: 'rejected'; message: string; index?: number | undefined }
  /** The server does not have the version the batch was made on. */
  | { kind: 'restored' }
  | { kind: 'unreachable' }

export interface Transport {
  send(request: ChangeRequest, leaving: boolean): Promise<Outcome>
  /** Read the whole document; null when it is still at the version `known`. */
  load(known?: number): Promise<Loaded | null>
  /** The changes after a version; null when the whole document has to be read. */
  missed(since: number): Promise<Change[] | null>
}

export interface Loaded {
  document: WorkflowDocument
  version: number
  epoch?: string
}

export interface SyncListener {
  /** The document after others' changes came in below one's own. */
  document(document: WorkflowDocument): void
  status(status: SaveStatus): void
  /** Own edits that could not be saved, with the reason as a sentence. */
  dropped(operations: Operation[], reason: string): void
}

/** A change that was taken in, with the document before it, and whether this page has made it. */
export interface Taken {
  change: Change
  before: WorkflowDocument
  own: boolean
}

export class Sync {
  private queue: Batch[] = []
  private sending: Promise<void> | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  /** The batch under way. */
  private flying: Batch | null = null
  private failures = 0
  private state: SaveState = 'saved'
  private message: string | undefined
  /** Whether the server has been restored from a backup; so it stays until one tries again. */
  private otherHistory = false
  /** How long after an edit it is sent, ms. */
  idle = IDLE_MS
  /** Called for every change of the log that is taken in. */
  onTaken: (taken: Taken) => void = () => {}

  constructor(
    private base: WorkflowDocument,
    private version: number,
    private readonly transport: Transport,
    private readonly outbox: Outbox,
    private readonly listener: SyncListener,
    private epoch?: string,
  ) {}

  /** The newest version that is known. */
  get at(): number {
    return this.version
  }

  /** What is not confirmed yet. */
  get unsaved(): readonly Batch[] {
    return this.queue
  }

  /** Take over what dead pages left unsaved, show it, and send it. */
  async start(): Promise<void> {
    const left = await this.outbox.adopt().catch(() => [])
    if (!left.length) return
    this.queue = [...left, ...this.queue]
    this.report('saving')
    this.listener.document(this.view())
    this.schedule(0)
  }

  /**
   * Add operations that the page has already applied to what it shows. A step of undo is a batch of
   * its own; what is no part of a step goes along with the last one.
   */
  push(operations: Operation[], label: string, part?: Part): void {
    if (!operations.length) return
    const last = this.queue.at(-1)
    const joins = !part || (last?.step === part.step && last.action === part.action)
    if (last && last.baseVersion === null && joins) {
      last.operations = compact([...last.operations, ...operations])
    } else {
      this.queue.push({ batchId: uuid(), label, operations, baseVersion: null, ...part })
    }
    void this.keep()
    if (this.state === 'saved') this.report('saving')
    else this.report(this.state, this.message)
    if (this.state !== 'offline' && this.state !== 'failed') this.schedule(this.idle)
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
    this.otherHistory = false
    this.report(this.queue.length ? 'saving' : 'saved')
    return this.flush()
  }

  /** Show what others have changed meanwhile, if nothing of one's own is under way. */
  async refresh(): Promise<void> {
    if (this.queue.length || this.sending) return
    const loaded = await this.transport.load(this.version).catch(() => null)
    if (!loaded) return
    if (loaded.version < this.version) return this.restored()
    // By its changes one sees whether it goes on from what is here.
    if (loaded.version > this.version) await this.catchUp()
  }

  /** Take in changes that the server reports; what is between is read. */
  async hear(changes: readonly Change[]): Promise<void> {
    const whole = this.take(changes)
    if (whole === null) this.restored()
    else if (whole) await this.rebase(texts.anotherUserRemovedWhatTheyChanged)
    else await this.catchUp()
  }

  /** Read what was missed. */
  async catchUp(): Promise<void> {
    const missed = await this.transport.missed(this.version).catch(() => undefined)
    if (missed === undefined) return
    const whole = missed !== null && this.take(missed)
    if (whole === null) return this.restored()
    if (whole) return this.rebase(texts.anotherUserRemovedWhatTheyChanged)
    await this.reload(texts.anotherUserRemovedWhatTheyChanged)
  }

  private settle({ document, version, epoch }: Loaded): void {
    this.base = document
    this.version = version
    this.epoch = epoch
  }

  /**
   * Put changes of the log under own edits; false where some are missing in between, null where they
   * go on from another history: the server has been restored from a backup.
   */
  private take(changes: readonly Change[]): boolean | null {
    const fresh = changes.filter(change => change.version > this.version)
    for (const change of fresh) {
      if (change.version !== this.version + 1) return false
      if (change.follows && this.epoch && change.follows !== this.epoch) return null
      const before = this.base
      try {
        this.base = apply(before, change.operations)
      } catch {
        // The base is not what the server has.
        return false
      }
      this.version = change.version
      this.epoch = change.batchId
      const own = this.queue.some(batch => batch.batchId === change.batchId)
      this.queue = this.queue.filter(batch => batch.batchId !== change.batchId)
      this.onTaken({ change, before, own })
    }
    return true
  }

  private restored(): void {
    this.otherHistory = true
    this.report('failed', texts.restoredFromABackup)
  }

  /** Give up what is not saved. */
  async discard(): Promise<void> {
    clearTimeout(this.timer)
    this.queue = []
    await this.keep()
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
    this.flying = batch
    this.report('saving')
    const stored = this.keep()
    // A page that is leaving gets no second turn: send at once, the outbox write is under way.
    if (!leaving) await stored
    const { baseVersion, ...sent } = batch
    // Of an older version only the number is known; the server knows which it was.
    const epoch = baseVersion === this.version ? this.epoch : undefined
    const outcome = await this.transport.send({ ...sent, baseVersion, epoch }, leaving)
    this.flying = null
    switch (outcome.kind) {
      case 'accepted':
        return this.accepted(batch, outcome.version, outcome.missed ?? [])
      case 'restored':
        return this.restored()
      case 'conflict':
        return this.conflict(outcome.version, outcome.missed)
      case 'rejected':
        return this.rejected(batch, outcome.message, outcome.index)
      case 'unreachable':
        this.failures += 1
        this.report('offline')
        this.schedule(RETRY_MS[this.failures - 1] ?? LAST_RETRY_MS)
    }
  }

  private async accepted(batch: Batch, version: number, missed: Change[]): Promise<void> {
    this.failures = 0
    const { batchId, label, operations } = batch
    const facts = { version, batchId, label, operations, baseVersion: version - 1 }
    const own = { ...facts, follows: null, author: null }
    // An older version means that the log has brought the batch already.
    const whole = this.take(missed.length ? missed : [own])
    this.queue = this.queue.filter(other => other !== batch)
    if (whole === null) return this.restored()
    if (!whole) await this.catchUp()
    else if (missed.length) await this.rebase(texts.anotherUserRemovedWhatTheyChanged)
    await this.keep()
    this.report(this.queue.length ? 'saving' : 'saved')
  }

  private async conflict(version: number, missed: Change[]): Promise<void> {
    this.failures = 0
    const taken = this.take(missed)
    if (taken === null) return this.restored()
    if (taken && this.version >= version) await this.rebase(texts.anotherUserRemovedWhatTheyChanged)
    else await this.reload(texts.anotherUserRemovedWhatTheyChanged)
  }

  private async rejected(batch: Batch, message: string, index?: number): Promise<void> {
    const refused = index === undefined ? undefined : batch.operations[index]
    if (!refused) {
      batch.baseVersion = null
      this.report('failed', message)
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
      if (loaded.version < this.version) return this.restored()
      this.settle(loaded)
    } catch {
      this.failures += 1
      this.report('offline')
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
      // What is under way, or was and may have arrived, is repeated as it was sent.
      if (batch === this.flying || (batch.baseVersion !== null && this.failures)) continue
      batch.operations = done.kept
      batch.baseVersion = null
      dropped.push(...done.dropped)
    }
    this.queue = this.queue.filter(batch => batch.operations.length)
    this.listener.document(current)
    await this.keep()
    if (dropped.length) this.listener.dropped(dropped, reason)
    if (!this.queue.length) this.report('saved')
    else if (this.state !== 'offline' && this.state !== 'failed') this.report('saving')
  }

  private view(): WorkflowDocument {
    const all = this.queue.flatMap(batch => batch.operations)
    return applyFitting(this.base, all).document
  }

  private keep(): Promise<void> {
    // A browser that forbids the database (private mode) still saves while the page lives.
    return this.outbox.write(this.queue).catch(() => {})
  }

  private report(state: SaveState, message?: string): void {
    this.state = state
    this.message = message
    const restored = this.otherHistory || undefined
    this.listener.status({ state, count: this.pending, message, restored })
  }
}
