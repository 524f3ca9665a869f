/**
 * Following runs, and the workflow that is open, over one WebSocket. Owns reconnecting with backoff, resuming after the last event
 * seen, and acknowledging, so that the server can slow down for a slow page.
 */

import type { RunEvent } from '../api/schema'
import { texts } from './texts'

const ACK_EVERY = 200 // events
const BACKOFF_MS = [250, 500, 1000, 2000, 4000, 8000]
const LAST_BACKOFF_MS = 15_000

export interface SocketLike {
  readyState: number
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onclose: (() => void) | null
  onmessage: ((message: { data: string }) => void) | null
}

interface Frame {
  type: string
  workflow?: string
  run?: string
  events?: RunEvent[]
  last?: number
  done?: boolean
  error?: string
}

interface Watched {
  after: number
  unacknowledged: number
  onEvents: (events: RunEvent[], done: boolean) => void
  onError: (message: string) => void
}

export class RunSocket {
  private socket: SocketLike | null = null
  private open = false
  private tries = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly watched = new Map<string, Watched>()
  private room: { hello: () => object; hear: (frame: object) => void } | null = null

  constructor(
    private readonly connect: () => SocketLike = () => new WebSocket(url()) as SocketLike,
    private readonly onConnection: (open: boolean) => void = () => {},
    private readonly jitter: () => number = Math.random,
  ) {}

  /** Follow a run from the event after `after` until it ends. */
  watch(
    run: string,
    after: number,
    onEvents: Watched['onEvents'],
    onError: Watched['onError'] = () => {},
  ): void {
    this.watched.set(run, { after, unacknowledged: 0, onEvents, onError })
    if (this.open) this.say({ watch: run, after })
    else this.dial()
  }

  /** Say hello at every connection, and hear what is not about a run. */
  join(hello: () => object, hear: (frame: object) => void): void {
    this.room = { hello, hear }
    if (this.open) this.hello()
    else this.dial()
  }

  /** Say more where one has joined; lost without a connection. */
  send(message: object): void {
    if (this.room && this.open) this.say(message)
  }

  /** Say hello again. */
  hello(): void {
    if (this.room && this.open) this.say(this.room.hello())
  }

  unwatch(run: string): void {
    if (this.watched.delete(run) && this.open) this.say({ unwatch: run })
  }

  /** Stop permanently. */
  close(): void {
    clearTimeout(this.timer)
    this.watched.clear()
    this.room = null
    const socket = this.socket
    this.socket = null
    this.open = false
    socket?.close()
  }

  private dial(): void {
    clearTimeout(this.timer)
    if (this.socket) return
    const socket = this.connect()
    this.socket = socket
    socket.onopen = () => {
      this.open = true
      this.tries = 0
      this.onConnection(true)
      for (const [run, { after }] of this.watched) this.say({ watch: run, after })
      this.hello()
    }
    socket.onmessage = message => this.hear(JSON.parse(message.data) as Frame)
    socket.onclose = () => this.lost(socket)
  }

  private lost(socket: SocketLike): void {
    if (this.socket !== socket) return
    this.socket = null
    this.open = false
    this.onConnection(false)
    if (!this.watched.size && !this.room) return
    const wait = BACKOFF_MS[this.tries] ?? LAST_BACKOFF_MS
    this.tries += 1
    this.timer = setTimeout(() => this.dial(), wait * (0.75 + this.jitter() / 2))
  }

  private hear(frame: Frame): void {
    if (frame.run === undefined) {
      this.room?.hear(frame)
      return
    }
    const watched = this.watched.get(frame.run)
    if (frame.type === 'error') {
      this.watched.delete(frame.run)
      watched?.onError(frame.error ?? texts.theRunCannotBeFollowed)
      return
    }
    if (frame.type !== 'events' || !watched) return
    const events = (frame.events ?? []).filter(event => event.seq > watched.after)
    watched.after = Math.max(watched.after, frame.last ?? events.at(-1)?.seq ?? 0)
    watched.unacknowledged += events.length
    if (watched.unacknowledged >= ACK_EVERY) {
      watched.unacknowledged = 0
      this.say({ ack: watched.after, run: frame.run })
    }
    if (frame.done) this.watched.delete(frame.run)
    watched.onEvents(events, Boolean(frame.done))
  }

  private say(message: object): void {
    this.socket?.send(JSON.stringify(message))
  }
}

function url(): string {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  return `${scheme}//${location.host}/ws/canvas`
}
