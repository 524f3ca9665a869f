// @vitest-environment happy-dom
/** What a refused run says, and whose events are shown. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { notReady, Runner, type RunnerHost } from './runner'
import { RunStore } from './store'

const missing = (nodeId: string, message: string) => ({ code: 'MISSING_INPUT', message, nodeId })

describe('a run that is refused', () => {
  it('says how many nodes are not ready and what the first one needs', () => {
    const problems = [
      missing('b', 'Blend needs Base: connect an image.'),
      missing('b', 'Blend needs Layer: connect an image.'),
      missing('c', 'Outline needs Image: connect an image.'),
    ]
    expect(notReady(problems)).toBe('2 nodes are not ready: Blend needs Base: connect an image.')
    expect(notReady(problems.slice(2))).toBe(
      '1 node is not ready: Outline needs Image: connect an image.',
    )
  })

  it('says what is wrong with the whole when no node is to blame', () => {
    const problem = { code: 'NOTHING_TO_RUN', message: 'There is nothing to run.' }
    expect(notReady([problem])).toBe('There is nothing to run.')
  })
})

describe('a run that begins while another one is followed', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('shows its own events alone', () => {
    const sockets: FakeSocket[] = []
    class FakeSocket {
      readyState = 1
      onopen: (() => void) | null = null
      onclose: (() => void) | null = null
      onmessage: ((message: { data: string }) => void) | null = null
      constructor() {
        sockets.push(this)
      }
      send() {}
      close() {}
    }
    vi.stubGlobal('WebSocket', FakeSocket)
    const runs = new RunStore(() => 0)
    const runner = new Runner({ slug: 'w', runs } as unknown as RunnerHost)
    const hear = (run: string, type: string) => {
      const at = '2026-01-01T00:00:00.000Z'
      const events = [1, 2, 3].map(seq => ({ seq, at, type: 'started', node_id: 'a' }))
      events.push({ seq: 4, at, type, node_id: 'a' })
      const data = JSON.stringify({ type: 'events', run, events, last: 4, done: false })
      sockets[0]?.onmessage?.({ data })
      runs.flush()
    }
    runner.start('old')
    sockets[0]?.onopen?.()
    runner.start('new')
    hear('old', 'completion')
    expect(runs.node('a').state).toBe('idle')
    hear('new', 'error')
    expect(runs.node('a').state).toBe('failed')
  })
})
