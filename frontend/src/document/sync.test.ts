/** Autosave against a server that keeps versions, repeats responses, conflicts and goes away. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Change, Operation, WorkflowDocument } from '../api/document'
import { apply, applyFitting } from './operations'
import type { Batch, Outbox } from './outbox'
import { DocumentStore } from './store'
import { type ChangeRequest, IDLE_MS, type Outcome, type SaveStatus, Sync } from './sync'

const node = (id: string) => ({ id, type: 't', position: { x: 0, y: 0 }, data: {} })
const set = (id: string, field: string, value: unknown): Operation => ({
  op: 'field.set',
  id,
  field,
  value,
})

/** The rules of `POST …/changes`, in memory. */
class Server {
  document: WorkflowDocument = { nodes: [node('a'), node('b')], edges: [] }
  version = 1
  changes: Change[] = []
  online = true
  /** Responses that get lost on the way back. */
  loseNext = 0
  refuse: string | null = null
  received = 0

  apply(operations: Operation[], batchId: string = crypto.randomUUID()): void {
    this.document = apply(this.document, operations)
    this.version += 1
    const baseVersion = this.version - 1
    const change = { version: this.version, batchId, label: '', operations, baseVersion }
    const follows = this.changes.at(-1)?.batchId ?? null
    this.changes.push({ ...change, follows, author: null })
  }

  async send(request: ChangeRequest): Promise<Outcome> {
    this.received += 1
    if (!this.online) return { kind: 'unreachable' }
    const outcome = this.judge(structuredClone(request))
    if (this.loseNext > 0) {
      this.loseNext -= 1
      return { kind: 'unreachable' }
    }
    return outcome
  }

  private judge({ baseVersion, batchId, operations }: ChangeRequest): Outcome {
    const known = this.changes.find(change => change.batchId === batchId)
    if (known) return { kind: 'accepted', version: known.version }
    if (this.refuse) return { kind: 'rejected', message: this.refuse }
    if (baseVersion > this.version) return { kind: 'restored' }
    if (baseVersion !== this.version) {
      const done = applyFitting(this.document, operations)
      const missed = () => this.changes.filter(change => change.version > baseVersion)
      if (done.dropped.length) return { kind: 'conflict', version: this.version, missed: missed() }
      this.apply(done.kept, batchId)
      return { kind: 'accepted', version: this.version, missed: missed() }
    }
    const bad = operations.findIndex(
      operation => operation.op === 'field.set' && operation.value === 'forbidden',
    )
    if (bad >= 0) return { kind: 'rejected', message: 'That is forbidden.', index: bad }
    this.apply(operations, batchId)
    return { kind: 'accepted', version: this.version }
  }

  async missed(since: number) {
    if (!this.online) throw new Error('offline')
    const found = this.changes.filter(change => change.version > since)
    return found.length === this.version - since ? found : null
  }

  async load(known?: number) {
    if (known === this.version) return null
    return { document: this.document, version: this.version }
  }
}

class MemoryOutbox implements Outbox {
  stored: Batch[] = []
  constructor(private left: Batch[] = []) {}
  async adopt() {
    return this.left.splice(0)
  }
  async write(batches: readonly Batch[]) {
    this.stored = structuredClone([...batches])
  }
}

function open(server: Server, outbox = new MemoryOutbox()) {
  const store = new DocumentStore(server.document, true)
  const statuses: SaveStatus[] = []
  const dropped: string[] = []
  const sync = new Sync(server.document, server.version, server, outbox, {
    document: document => store.show(document),
    status: status => statuses.push(status),
    dropped: (_, reason) => dropped.push(reason),
  })
  store.sync = sync
  const edit = (...operations: Operation[]) => store.edit(operations, { label: 'Edit' })
  return { store, sync, outbox, statuses, dropped, edit }
}

describe('autosave', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('sends a burst of typing as one batch after a pause', async () => {
    const server = new Server()
    const { store, statuses, outbox } = open(server)
    for (const text of ['h', 'he', 'hey']) {
      store.edit([set('a', 'text', text)], { label: 'Edit', group: 'typing' })
    }
    await vi.advanceTimersByTimeAsync(IDLE_MS - 1)
    expect(server.received).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(server.changes.map(change => change.operations)).toEqual([[set('a', 'text', 'hey')]])
    expect(statuses.at(-1)).toMatchObject({ state: 'saved', count: 0 })
    expect(outbox.stored).toEqual([])
  })

  it('keeps edits in the outbox while offline and sends them when the network is back', async () => {
    const server = new Server()
    server.online = false
    const { edit, statuses, outbox, sync } = open(server)
    edit(set('a', 'x', 1))
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    edit(set('b', 'x', 2))
    expect(statuses.at(-1)).toMatchObject({ state: 'offline', count: 2 })
    expect(outbox.stored.flatMap(batch => batch.operations)).toHaveLength(2)
    server.online = true
    expect(await sync.retry()).toBe(true)
    expect(server.document.nodes.map(({ data }) => data.x)).toEqual([1, 2])
  })

  it('applies a batch once although its response was lost', async () => {
    const server = new Server()
    server.loseNext = 1
    const { edit, statuses, store } = open(server)
    edit({ op: 'node.add', node: node('c') })
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    expect(statuses.at(-1)?.state).toBe('offline')
    edit(set('c', 'x', 1))
    await vi.advanceTimersByTimeAsync(5000)
    expect(server.changes).toHaveLength(2)
    expect(server.document).toEqual(store.document)
    expect(statuses.at(-1)?.state).toBe('saved')
  })

  it('shows what the log brings under own edits, once, and reads what is between', async () => {
    const server = new Server()
    const { edit, store, sync } = open(server)
    edit(set('a', 'mine', 1))
    server.apply([set('b', 'theirs', 2)])
    await sync.hear(server.changes)
    expect(store.document.nodes.map(({ data }) => data)).toEqual([{ mine: 1 }, { theirs: 2 }])
    await sync.hear(server.changes)
    server.apply([set('b', 'more', 3)])
    server.apply([{ op: 'node.add', node: node('c') }])
    await sync.hear(server.changes.slice(-1))
    expect(sync.at).toBe(server.version)
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    expect(store.document).toEqual(server.document)
    expect(server.changes).toHaveLength(4)
  })

  it('takes its own batch from the log when that is faster than the response', async () => {
    const server = new Server()
    const { edit, store, sync, statuses } = open(server)
    server.loseNext = 1
    edit({ op: 'node.add', node: node('c') })
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    expect(statuses.at(-1)?.state).toBe('offline')
    server.apply([set('b', 'theirs', 2)])
    await sync.hear(server.changes)
    expect(sync.unsaved).toEqual([])
    expect(store.document).toEqual(server.document)
    expect(await sync.retry()).toBe(true)
    expect(server.changes).toHaveLength(2)
    expect(statuses.at(-1)?.state).toBe('saved')
  })

  it('repeats a batch as it was sent although others’ changes came below it', async () => {
    const server = new Server()
    const { edit, store, sync } = open(server)
    server.online = false
    edit({ op: 'node.add', node: node('c'), index: 2 })
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    const [sent] = structuredClone(sync.unsaved)
    server.apply([{ op: 'node.remove', id: 'b' }])
    await sync.hear(server.changes)
    expect(sync.unsaved).toEqual([sent])
    expect(store.document.nodes.map(({ id }) => id)).toEqual(['a', 'c'])
    server.online = true
    expect(await sync.retry()).toBe(true)
    expect(store.document).toEqual(server.document)
  })

  it('sends nothing to a server with another history, and keeps the edits', async () => {
    const server = new Server()
    const { edit, sync, statuses, outbox } = open(server)
    for (let i = 0; i < 3; i++) server.apply([set('b', 'x', i)])
    await sync.hear(server.changes)
    server.version = 2
    edit(set('a', 'mine', 1))
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    expect(statuses.at(-1)).toMatchObject({ state: 'failed', restored: true, count: 1 })
    expect(outbox.stored).toHaveLength(1)
  })

  it('keeps an edit that is made while others’ changes are written down', async () => {
    const server = new Server()
    const { edit, store, sync } = open(server)
    edit(set('a', 'first', 1))
    server.apply([set('b', 'theirs', 2)])
    const heard = sync.hear(server.changes)
    edit(set('a', 'second', 2))
    await heard
    expect(store.document.nodes[0]?.data).toEqual({ first: 1, second: 2 })
  })

  it('puts own edits on top of others’ after a conflict and keeps both', async () => {
    const server = new Server()
    const { edit, store, dropped } = open(server)
    edit(set('a', 'mine', 1))
    server.apply([set('a', 'theirs', 2)])
    server.apply([{ op: 'node.add', node: node('c') }])
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    expect(server.document.nodes[0]?.data).toEqual({ mine: 1, theirs: 2 })
    expect(store.document).toEqual(server.document)
    expect(dropped).toEqual([])
  })

  it('drops only the edits whose target is gone, and says so', async () => {
    const server = new Server()
    const { edit, store, dropped } = open(server)
    edit(set('a', 'x', 1), set('b', 'x', 2))
    server.apply([{ op: 'node.remove', id: 'a' }])
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    expect(dropped).toHaveLength(1)
    expect(server.document.nodes).toEqual([{ ...node('b'), data: { x: 2 } }])
    expect(store.document).toEqual(server.document)
  })

  it('keeps what is typed while a conflict is being settled', async () => {
    const server = new Server()
    const { edit, store } = open(server)
    server.apply([set('b', 'theirs', 1)])
    edit(set('a', 'first', 1))
    vi.advanceTimersByTime(IDLE_MS)
    edit(set('a', 'second', 2))
    await vi.advanceTimersByTimeAsync(2 * IDLE_MS)
    expect(server.document.nodes[0]?.data).toEqual({ first: 1, second: 2 })
    expect(store.document).toEqual(server.document)
  })

  it('reads the document again when the list of missed changes lacks one', async () => {
    const server = new Server()
    const { edit, store } = open(server)
    server.apply([set('b', 'one', 1)])
    server.apply([set('b', 'two', 2)])
    server.changes.shift()
    edit(set('a', 'x', 1))
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    expect(store.document).toEqual(server.document)
    expect(server.document.nodes.map(({ data }) => data)).toEqual([{ x: 1 }, { one: 1, two: 2 }])
  })

  it('takes no changes of another history, however they come', async () => {
    for (const way of ['heard', 'missed', 'looked'] as const) {
      const server = new Server()
      const backup = structuredClone(server.document)
      const { edit, store, sync, statuses } = open(server)
      edit(set('a', 'x', 1))
      await vi.advanceTimersByTimeAsync(IDLE_MS)
      const mine = store.document
      // A backup is restored that had none of it, and has gone on since.
      server.document = backup
      server.version = 1
      server.changes = []
      for (const value of [2, 3]) server.apply([set('a', 'x', value)])
      const [, newest] = server.changes
      if (way === 'heard' && newest) await sync.hear([newest])
      if (way === 'missed') await sync.catchUp()
      if (way === 'looked') await sync.refresh()
      expect(store.document).toEqual(mine)
      expect(statuses.at(-1)).toMatchObject({ state: 'failed', restored: true })
      // What is edited then does not take the offer of a copy away.
      edit(set('a', 'x', 4))
      expect(statuses.at(-1)).toMatchObject({ state: 'failed', restored: true, count: 1 })
    }
  })

  it('shows what others changed when the page is looked at again', async () => {
    const server = new Server()
    const { edit, store, sync } = open(server)
    server.apply([set('b', 'theirs', 1)])
    await sync.refresh()
    expect(store.document).toEqual(server.document)
    edit(set('a', 'mine', 2))
    server.apply([set('b', 'theirs', 3)])
    await sync.refresh()
    expect(store.document.nodes.map(({ data }) => data)).toEqual([{ mine: 2 }, { theirs: 1 }])
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    expect(store.document).toEqual(server.document)
  })

  it('resends what a dead page left, without doing twice what had arrived', async () => {
    const server = new Server()
    const arrived: Operation[] = [{ op: 'node.add', node: node('c') }]
    server.apply(arrived, 'one')
    const left: Batch[] = [
      { batchId: 'one', label: '', operations: arrived, baseVersion: 1 },
      { batchId: 'two', label: '', operations: [set('c', 'x', 5)], baseVersion: null },
    ]
    const { store, sync, statuses } = open(server, new MemoryOutbox(left))
    await sync.start()
    expect(store.node('c')?.data).toEqual({ x: 5 })
    // Nothing is called saved that the server has not confirmed.
    expect(statuses.at(-1)).toMatchObject({ state: 'saving', count: 2 })
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    expect(server.document).toEqual(store.document)
    expect(server.document.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(server.document.nodes[2]?.data).toEqual({ x: 5 })
  })

  it('says why saving failed, keeps the edits, and sends them on retry', async () => {
    const server = new Server()
    server.refuse = 'The workflow is too large.'
    const { edit, statuses, sync, outbox } = open(server)
    edit(set('a', 'x', 1))
    await vi.advanceTimersByTimeAsync(IDLE_MS)
    expect(statuses.at(-1)).toMatchObject({
      state: 'failed',
      message: 'The workflow is too large.',
    })
    expect(outbox.stored).toHaveLength(1)
    server.refuse = null
    expect(await sync.retry()).toBe(true)
    expect(server.document.nodes[0]?.data).toEqual({ x: 1 })
  })

  it('gives up a single edit that the server refuses and saves the others', async () => {
    const server = new Server()
    const { edit, store, dropped } = open(server)
    edit(set('a', 'x', 'forbidden'), set('b', 'x', 2))
    await vi.advanceTimersByTimeAsync(2 * IDLE_MS)
    expect(dropped).toEqual(['That is forbidden.'])
    expect(server.document.nodes.map(({ data }) => data)).toEqual([{}, { x: 2 }])
    expect(store.document).toEqual(server.document)
  })

  it('ends with one document after any order of edits, conflicts and lost responses', async () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed % below
    }
    const server = new Server()
    const { edit, store, sync } = open(server)
    for (let i = 0; i < 150; i++) {
      const what = random(5)
      if (what < 2) edit(set(random(2) ? 'a' : 'b', `own${random(4)}`, i))
      if (what === 2) server.apply([set(random(2) ? 'a' : 'b', `other${random(4)}`, i)])
      if (what === 3) server.loseNext = 1
      if (what === 4) await vi.advanceTimersByTimeAsync(random(600))
    }
    server.loseNext = 0
    await sync.retry()
    edit(set('a', 'last', true))
    expect(await sync.flush()).toBe(true)
    expect(store.document).toEqual(server.document)
  })
})
