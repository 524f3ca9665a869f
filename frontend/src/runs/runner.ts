/** Starting, following and cancelling runs of one workflow, and telling which results are stale. */

import { createStore } from 'zustand/vanilla'
import { ApiError, sentence } from '../api/client'
import type { Problem } from '../api/types'
import { lastRun, runCancel, runStart } from '../api/workflows'
import type { Catalog } from '../catalog/catalog'
import { links, planned, reach } from '../document/graph'
import { uuid } from '../document/ids'
import { type DocumentStore, nodesById } from '../document/store'
import type { Sync } from '../document/sync'
import type { WorkflowDocument } from '../document/types'
import { toast } from '../ui/toasts'
import { RunSocket } from './socket'
import type { RunStore } from './store'

export interface RunnerHost {
  slug: string
  catalog: Catalog
  store: DocumentStore
  sync: Sync
  runs: RunStore
}

export interface RunnerState {
  /** A run has been asked for and the server has not answered yet. */
  starting: boolean
  cancelling: boolean
  connected: boolean
  problems: readonly Problem[]
}

/** Data and wires of a node as they were when a run took them; compared by identity, then text. */
type Taken = Map<string, { data: unknown; wires: string }>

export class Runner {
  readonly state = createStore<RunnerState>(() => ({
    starting: false,
    cancelling: false,
    connected: true,
    problems: [],
  }))
  private readonly socket: RunSocket
  private taken: Taken | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly host: RunnerHost) {
    this.socket = new RunSocket(undefined, connected => this.state.setState({ connected }))
  }

  /** Show the newest run and keep results marked stale as the document changes. */
  start(): () => void {
    void this.replay()
    const stop = this.host.store.state.subscribe((state, before) => {
      if (state.document !== before.document) this.scheduleStale()
    })
    return () => {
      stop()
      clearTimeout(this.timer)
      this.socket.close()
    }
  }

  /** Run everything, or only these nodes with what they need. */
  async run(options: { only?: string[]; force?: boolean } = {}): Promise<void> {
    if (this.state.getState().starting || this.host.runs.active) return
    this.state.setState({ starting: true, problems: [] })
    try {
      const saved = await this.host.sync.flush()
      if (!saved) {
        toast('Your edits are not saved yet, so this run would not see them.', { tone: 'bad' })
        return
      }
      const taken = snapshot(this.host.store.document)
      const { executionId } = await runStart(this.host.slug, options, uuid())
      this.host.runs.begin(executionId)
      this.taken = taken
      this.host.runs.setStale(new Set())
      this.watch(executionId, 0)
    } catch (error) {
      this.refused(error)
    } finally {
      this.state.setState({ starting: false })
    }
  }

  async cancel(): Promise<void> {
    const { id } = this.host.runs.summary
    if (!id || !this.host.runs.active) return
    this.state.setState({ cancelling: true })
    try {
      await runCancel(id)
    } catch (error) {
      toast(sentence(error), { tone: 'bad' })
    } finally {
      this.state.setState({ cancelling: false })
    }
  }

  clearProblems(): void {
    this.state.setState({ problems: [] })
  }

  private async replay(): Promise<void> {
    try {
      const newest = await lastRun(this.host.slug)
      if (!newest || this.host.runs.summary.id) return
      this.host.runs.begin(newest.executionId)
      this.watch(newest.executionId, 0)
    } catch {
      // Without the history of runs the editor still edits.
    }
  }

  private watch(id: string, after: number): void {
    this.socket.watch(
      id,
      after,
      events => this.host.runs.receive(events),
      message => toast(message, { tone: 'bad' }),
    )
  }

  private refused(error: unknown): void {
    const issues = error instanceof ApiError ? error.body.issues : undefined
    if (!Array.isArray(issues) || !issues.length) {
      toast(sentence(error), { tone: 'bad' })
      return
    }
    const problems = (issues as Problem[]).map(issue => ({
      ...issue,
      node: issue.node ?? issue.nodeId ?? issue.node_id ?? null,
    }))
    this.state.setState({ problems })
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    toast(`${problems[0].message}${more}`, { tone: 'bad' })
  }

  private scheduleStale(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.markStale(), 200)
  }

  private markStale(): void {
    const { taken } = this
    const { document } = this.host.store
    if (!taken) return
    if (this.state.getState().problems.length) this.clearProblems()
    const now = snapshot(document)
    const changed = [...now].filter(([id, node]) => differs(taken.get(id), node)).map(([id]) => id)
    const below = changed.length ? reach(document, changed, 'down') : new Set<string>()
    const results = [...below].filter(id => this.host.runs.node(id).output)
    this.host.runs.setStale(new Set(results))
  }

  /** How many steps a run of everything has. */
  steps(document: WorkflowDocument): number {
    return planned(document, this.host.catalog).size
  }
}

function snapshot(document: WorkflowDocument): Taken {
  const { into } = links(document)
  const taken: Taken = new Map()
  for (const [id, node] of nodesById(document)) {
    const wires = (into.get(id) ?? []).map(
      edge => `${edge.source}.${edge.sourceHandle}>${edge.targetHandle}`,
    )
    taken.set(id, { data: node.data, wires: wires.join() })
  }
  return taken
}

function differs(
  before: { data: unknown; wires: string } | undefined,
  after: { data: unknown; wires: string },
): boolean {
  if (!before || before.wires !== after.wires) return true
  return before.data !== after.data && JSON.stringify(before.data) !== JSON.stringify(after.data)
}
