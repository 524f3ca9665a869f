/**
 * Run state by node id, folded from events once per frame. Nodes listen to their own id only, so a
 * progress update re-renders one card and nothing else.
 */
import type { NodeResult, RunEvent } from '../api/schema'
import {
  type Folded,
  fold,
  IDLE,
  NO_RUN,
  type NodeRun,
  type NodeState,
  type RunSummary,
} from './fold'

const LOG_LINES = 2000
const ACTIVE = new Set(['queued', 'running', 'pausing', 'paused'])

export class RunStore {
  private folded: Folded = { summary: NO_RUN, nodes: new Map() }
  private waiting: RunEvent[] = []
  private frame = 0
  private readonly byNode = new Map<string, Set<() => void>>()
  private readonly all = new Set<() => void>()
  private stale: ReadonlySet<string> = new Set()
  private held: ReadonlyMap<string, Record<string, unknown>> = new Map()
  /** Nodes as they are shown with what they hold, made once for each state. */
  private readonly holding = new Map<string, { run: NodeRun; shown: NodeRun }>()
  /** The journal as received, newest last; for the log. */
  events: RunEvent[] = []
  /** Counts changes, so that readers of the whole see that something changed. */
  revision = 0

  constructor(
    private readonly nextFrame: (run: () => void) => number = run => requestAnimationFrame(run),
  ) {}

  /** Show the newest result of each node where nothing newer is known. */
  keep(results: Readonly<Record<string, NodeResult>>): void {
    const changed: string[] = []
    for (const [node, { outputs, ms, cached }] of Object.entries(results)) {
      const run = this.node(node)
      if (run.output) continue
      const state = run.state === 'idle' ? (cached ? 'cached' : 'done') : run.state
      this.folded.nodes.set(node, { ...run, state, output: outputs, ms })
      changed.push(node)
    }
    this.notify(changed)
  }

  /** Begin to show a run; results of the last one stay visible until replaced. */
  begin(id: string): void {
    this.waiting = []
    this.events = []
    const changed: string[] = []
    for (const [node, run] of this.folded.nodes) {
      // Keep the image, forget the verdict: the new run will say it again.
      if (run.output) this.folded.nodes.set(node, { ...IDLE, output: run.output, ms: run.ms })
      else this.folded.nodes.delete(node)
      changed.push(node)
    }
    this.folded.summary = { ...NO_RUN, id, status: 'queued', startedAt: Date.now() }
    this.notify(changed)
  }

  /** Take events in; they are folded together at the next frame. */
  receive(events: readonly RunEvent[]): void {
    this.waiting.push(...events)
    if (!this.frame) this.frame = this.nextFrame(() => this.flush()) || 1
  }

  /** Fold what waits, now. */
  flush(): void {
    this.frame = 0
    const events = this.waiting
    this.waiting = []
    const fresh = events.filter(event => event.seq > this.folded.summary.lastSeq)
    if (!fresh.length) return
    const changed = fold(this.folded, fresh)
    const lines = fresh.filter(event => event.type !== 'progress')
    if (lines.length) this.events = [...this.events, ...lines].slice(-LOG_LINES)
    this.notify(changed)
  }

  /** Mark the nodes whose results no longer match their inputs. */
  setStale(ids: ReadonlySet<string>): void {
    const before = this.stale
    const changed = [...ids]
      .filter(id => !before.has(id))
      .concat([...before].filter(id => !ids.has(id)))
    if (!changed.length) return
    this.stale = ids
    this.notify(changed)
  }

  /** Show what pinned nodes hold as their results, whatever the last run has made. */
  hold(held: ReadonlyMap<string, Record<string, unknown>>): void {
    const before = this.held
    const ids = [...new Set([...before.keys(), ...held.keys()])]
    const changed = ids.filter(id => before.get(id) !== held.get(id))
    if (!changed.length) return
    this.held = held
    for (const id of changed) this.holding.delete(id)
    this.notify(changed)
  }

  /** What is painted of a node from afar: its state, or that its result is outdated. */
  shown(id: string): NodeState | 'outdated' {
    const { state } = this.node(id)
    return this.stale.has(id) && (state === 'done' || state === 'cached') ? 'outdated' : state
  }

  isStale = (id: string): boolean => this.stale.has(id)

  get summary(): RunSummary {
    return this.folded.summary
  }

  get nodes(): ReadonlyMap<string, NodeRun> {
    return this.folded.nodes
  }

  node(id: string): NodeRun {
    const run = this.folded.nodes.get(id) ?? IDLE
    const output = this.held.get(id)
    if (!output) return run
    const known = this.holding.get(id)
    if (known?.run === run) return known.shown
    const shown = { ...run, output, state: run.state === 'idle' ? 'cached' : run.state } as const
    this.holding.set(id, { run, shown })
    return shown
  }

  get active(): boolean {
    return ACTIVE.has(this.summary.status)
  }

  /** Listen to one node. Returns how to stop. */
  subscribeNode(id: string, listener: () => void): () => void {
    const listeners = this.byNode.get(id) ?? new Set()
    listeners.add(listener)
    this.byNode.set(id, listeners)
    return () => {
      listeners.delete(listener)
      if (!listeners.size && this.byNode.get(id) === listeners) this.byNode.delete(id)
    }
  }

  /** Listen to any change. Returns how to stop. */
  subscribe = (listener: () => void): (() => void) => {
    this.all.add(listener)
    return () => this.all.delete(listener)
  }

  private notify(ids: Iterable<string>): void {
    this.revision += 1
    for (const id of ids) {
      const listeners = this.byNode.get(id)
      if (listeners) for (const listener of [...listeners]) listener()
    }
    for (const listener of [...this.all]) listener()
  }
}
