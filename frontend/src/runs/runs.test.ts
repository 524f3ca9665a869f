/** From a run's journal to what cards show, and following a run over an unsteady line. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunEvent } from '../api/schema'
import { words } from './eventWords'
import { tally } from './fold'
import { RunSocket, type SocketLike } from './socket'
import { RunStore } from './store'

let seq = 0
const event = (type: string, more: object = {}): RunEvent =>
  ({ seq: ++seq, at: '2026-01-01T00:00:00Z', type, ...more }) as RunEvent
const picture = { asset: 'x', url: '/media/x' }

function open() {
  seq = 0
  const frames: (() => void)[] = []
  const store = new RunStore(run => frames.push(run))
  store.begin('run')
  const frame = () => {
    for (const run of frames.splice(0)) run()
  }
  return { store, frame, frames }
}

it('a run shows which random numbers it has drawn, through its start and further attempts', () => {
  const store = new RunStore(() => 1)
  const heard: string[] = []
  store.subscribeNode('a', () => heard.push('a'))
  const drawn = { a: { seed: 829381 } }
  store.receive([{ seq: 1, at: '2026-01-01T00:00:00Z', type: 'queued', randomized: drawn }])
  store.flush()
  expect(heard).toEqual(['a'])
  store.receive([
    { seq: 2, at: '2026-01-01T00:00:00Z', type: 'started', attempt: 1, runner: 'w', nodes: ['a'] },
    { seq: 3, at: '2026-01-01T00:00:01Z', type: 'cancelled' },
    { seq: 4, at: '2026-01-01T00:00:02Z', type: 'queued' },
  ])
  store.flush()
  expect(store.summary.drawn).toEqual(drawn)
  expect(store.events.slice(0, 1).map(event => words(event).text)).toEqual([
    'The run is waiting to start. Random numbers: seed 829381.',
  ])
  store.begin('next')
  expect(store.summary.drawn).toEqual({})
})

describe('folding the events of a run', () => {
  it('shows every node’s state as the journal has it', () => {
    const { store, frame } = open()
    store.receive([
      event('queued'),
      event('started', { attempt: 1, nodes: ['a', 'b', 'c', 'd'] }),
      event('submit', { node_id: 'a' }),
      event('completion', { node_id: 'a', output: { image: picture }, cached: true, ms: 2 }),
      event('submit', { node_id: 'b' }),
      event('progress', { node_id: 'b', fraction: 0.5, text: 'half' }),
    ])
    frame()
    expect(store.node('a')).toMatchObject({ state: 'cached', output: { image: picture }, ms: 2 })
    expect(store.node('b')).toMatchObject({ state: 'running', fraction: 0.5, text: 'half' })
    expect(store.node('c').state).toBe('queued')
    expect(store.node('elsewhere').state).toBe('idle')
    expect(tally(store.summary, store.nodes)).toMatchObject({ done: 1, running: 1, waiting: 2 })
    expect(tally(store.summary, store.nodes).share).toBeCloseTo(1.5 / 4)
  })

  it('keeps the warnings of a node, and what one had made that failed', () => {
    const { store, frame } = open()
    store.receive([
      event('started', { attempt: 1, nodes: ['a'] }),
      event('submit', { node_id: 'a' }),
      event('warning', { node_id: 'a', message: 'SaveImage (4) was left out.' }),
      event('warning', { node_id: 'a', message: 'SaveImage (4) was left out.' }),
      event('error', { node_id: 'a', message: 'no', output: { image: picture } }),
    ])
    frame()
    expect(store.node('a')).toMatchObject({
      state: 'failed',
      output: { image: picture },
      warnings: ['SaveImage (4) was left out.'],
    })
    expect(store.events.map(event => words(event).tone)).toContain('warn')
    expect(store.events.filter(event => words(event).tone === 'bad')).toHaveLength(1)
  })

  it('shows the state of a node on its runner until it is done', () => {
    const { store, frame } = open()
    const runner = { id: 'r', name: 'gpu-1' }
    store.receive([
      event('started', { attempt: 1, nodes: ['a'] }),
      event('submit', { node_id: 'a' }),
      event('runner', { node_id: 'a', state: 'queued', position: 3, runner }),
    ])
    frame()
    expect(store.node('a')).toMatchObject({
      state: 'running',
      remote: { state: 'queued', position: 3, runner: 'gpu-1' },
    })
    store.receive([
      event('runner', { node_id: 'a', state: 'running', position: null, runner }),
      event('progress', { node_id: 'a', fraction: 0.5, text: 'KSampler', preview: picture }),
    ])
    frame()
    expect(store.node('a')).toMatchObject({
      fraction: 0.5,
      preview: picture,
      remote: { state: 'running', position: null },
    })
    store.receive([event('completion', { node_id: 'a', output: {}, ms: 5 })])
    frame()
    expect(store.node('a')).toMatchObject({ remote: null, preview: null })
  })

  it('keeps the error of the node and ends what had not finished', () => {
    const { store, frame } = open()
    const error = { status: 422, body: { code: 'BAD', field: 'size', value: 900 } }
    store.receive([
      event('started', { attempt: 1, nodes: ['a', 'b', 'c'] }),
      event('submit', { node_id: 'a' }),
      event('error', { node_id: 'a', message: 'Too large.', error }),
      event('skipped', { node_id: 'b', reason: 'a failed' }),
      event('failed', { message: 'Too large.', node_id: 'a' }),
    ])
    frame()
    expect(store.node('a')).toMatchObject({ state: 'failed', message: 'Too large.', error })
    expect(store.node('b')).toMatchObject({ state: 'skipped', reason: 'a failed' })
    expect(store.node('c').state).toBe('cancelled')
    expect(store.summary).toMatchObject({ status: 'failed', failedNode: 'a' })
    expect(store.active).toBe(false)
  })

  it('keeps what an earlier attempt completed when a run is tried again', () => {
    const { store, frame } = open()
    store.receive([
      event('started', { attempt: 1, nodes: ['a', 'b'] }),
      event('completion', { node_id: 'a', output: {}, ms: 1 }),
      event('failed', { message: 'x' }),
      event('queued'),
      event('started', { attempt: 2, nodes: ['a', 'b'] }),
    ])
    frame()
    expect(store.node('a').state).toBe('done')
    expect(store.node('b').state).toBe('queued')
    expect(store.summary).toMatchObject({ status: 'running', attempt: 2 })
  })

  it('is the same when a page of events comes twice', () => {
    const { store, frame } = open()
    const events = [
      event('started', { attempt: 1, nodes: ['a'] }),
      event('completion', { node_id: 'a', output: { n: 1 } }),
      event('output', { output: { n: 1 } }),
    ]
    store.receive(events)
    frame()
    const { revision } = store
    store.receive(events)
    frame()
    expect(store.revision).toBe(revision)
    expect(store.events).toHaveLength(3)
  })

  it('notifies a node once per frame, however many events came, and no other node', () => {
    const { store, frame, frames } = open()
    const heard = { a: 0, b: 0 }
    store.subscribeNode('a', () => {
      heard.a += 1
    })
    store.subscribeNode('b', () => {
      heard.b += 1
    })
    for (let i = 0; i < 50; i++) {
      store.receive([event('progress', { node_id: 'a', fraction: i / 50 })])
    }
    expect(frames).toHaveLength(1)
    frame()
    expect(heard).toEqual({ a: 1, b: 0 })
    expect(store.node('a').fraction).toBeCloseTo(0.98)
  })

  it('keeps the last result in sight when a new run begins', () => {
    const { store, frame } = open()
    store.receive([event('completion', { node_id: 'a', output: { image: picture } })])
    frame()
    store.begin('next')
    expect(store.node('a')).toMatchObject({ state: 'idle', output: { image: picture } })
    expect(store.summary.lastSeq).toBe(0)
  })

  it('keeps the last result of a node through runs that fail, are cancelled or leave it out', () => {
    const { store, frame } = open()
    const kept = (name: string) => ({
      executionId: 'earlier',
      outputs: { image: { ...picture, asset: name } },
      ms: 9,
      cached: false,
      finishedAt: '',
      outdated: false,
    })
    store.keep({ a: kept('a'), b: kept('b'), c: kept('c') })
    store.receive([
      event('started', { attempt: 1, nodes: ['a', 'b'] }),
      event('submit', { node_id: 'a' }),
      event('cancelled'),
    ])
    frame()
    const shown = (id: string) => [store.node(id).state, store.node(id).output?.image]
    expect(shown('a')).toEqual(['cancelled', kept('a').outputs.image])
    expect(shown('b')).toEqual(['cancelled', kept('b').outputs.image])
    expect(shown('c')).toEqual(['done', kept('c').outputs.image])
    store.begin('next')
    expect(shown('a')[1]).toEqual(kept('a').outputs.image)
  })

  it('keeps no older result over one that is newer', () => {
    const { store, frame } = open()
    store.receive([event('completion', { node_id: 'a', output: { n: 2 } })])
    frame()
    store.keep({
      a: {
        executionId: 'x',
        outputs: { n: 1 },
        ms: 1,
        cached: true,
        finishedAt: '',
        outdated: true,
      },
    })
    expect(store.node('a').output).toEqual({ n: 2 })
  })

  it('marks and unmarks stale results', () => {
    const { store } = open()
    let heard = 0
    store.subscribeNode('a', () => {
      heard += 1
    })
    store.setStale(new Set(['a']))
    expect(store.isStale('a')).toBe(true)
    store.setStale(new Set(['a']))
    store.setStale(new Set())
    expect(store.isStale('a')).toBe(false)
    expect(heard).toBe(2)
  })
})

class Line implements SocketLike {
  readyState = 0
  said: Record<string, unknown>[] = []
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  send(text: string) {
    this.said.push(JSON.parse(text))
  }
  close() {
    this.onclose?.()
  }
  hear(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
}

describe('following a run', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    seq = 0
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function follow() {
    const lines: Line[] = []
    const connected: boolean[] = []
    const socket = new RunSocket(
      () => {
        const line = new Line()
        lines.push(line)
        return line
      },
      open => connected.push(open),
      () => 0.5,
    )
    const seen: number[] = []
    let done = false
    socket.watch('run', 0, (events, ended) => {
      seen.push(...events.map(found => found.seq))
      done = ended
    })
    return { socket, lines, connected, seen, isDone: () => done }
  }
  const page = (count: number, done = false) => {
    const events = Array.from({ length: count }, () => event('queued'))
    return { type: 'events', run: 'run', events, last: seq, done }
  }

  it('requests all events, and after a break from the last event seen', () => {
    const { lines, seen, connected, isDone } = follow()
    lines[0]?.onopen?.()
    expect(lines[0]?.said).toEqual([{ watch: 'run', after: 0 }])
    lines[0]?.hear(page(3))
    lines[0]?.onclose?.()
    vi.advanceTimersByTime(250)
    expect(lines).toHaveLength(2)
    lines[1]?.onopen?.()
    expect(lines[1]?.said).toEqual([{ watch: 'run', after: 3 }])
    lines[1]?.hear(page(2, true))
    expect(seen).toEqual([1, 2, 3, 4, 5])
    expect(isDone()).toBe(true)
    expect(connected).toEqual([true, false, true])
  })

  it('passes an event on once although it is sent twice', () => {
    const { lines, seen } = follow()
    lines[0]?.onopen?.()
    const first = page(2)
    lines[0]?.hear(first)
    lines[0]?.hear(first)
    expect(seen).toEqual([1, 2])
  })

  it('acknowledges every two hundred events', () => {
    const { lines } = follow()
    lines[0]?.onopen?.()
    lines[0]?.hear(page(150))
    lines[0]?.hear(page(150))
    expect(lines[0]?.said.slice(1)).toEqual([{ ack: 300, run: 'run' }])
  })

  it('waits longer from try to try, and not at all once nothing is followed', () => {
    const { lines, socket } = follow()
    lines[0]?.onclose?.()
    vi.advanceTimersByTime(250)
    lines[1]?.onclose?.()
    vi.advanceTimersByTime(250)
    expect(lines).toHaveLength(2)
    vi.advanceTimersByTime(250)
    expect(lines).toHaveLength(3)
    socket.unwatch('run')
    lines[2]?.onclose?.()
    vi.advanceTimersByTime(60_000)
    expect(lines).toHaveLength(3)
  })

  it('does not reconnect for a run that has ended', () => {
    const { lines } = follow()
    lines[0]?.onopen?.()
    lines[0]?.hear(page(1, true))
    lines[0]?.onclose?.()
    vi.advanceTimersByTime(60_000)
    expect(lines).toHaveLength(1)
  })
})
