/** Starting, following and cancelling runs of one workflow, and knowing what a run would do. */
import { createStore } from 'zustand/vanilla'
import type { WorkflowDocument } from '../api/document'
import { type RunOptions, resultsGet, runPlan } from '../api/results'
import { runPause, runResume } from '../api/runs'
import type { Problem, RunEvent, RunPlan } from '../api/schema'
import { lastRun, runCancel, runStart } from '../api/workflows'
import { type DocumentStore, nodesById } from '../document/store'
import type { Sync } from '../document/sync'
import { ApiError, errorMessage } from '../lib/errors'
import { uuid } from '../lib/ids'
import { toast } from '../lib/toasts'
import { carried, type Known, sameWork } from './freshness'
import { RunSocket } from './socket'
import type { RunStore } from './store'
import { texts } from './texts'

const MARK_MS = 60 // after an edit
const PLAN_MS = 400 // after the last edit

export interface RunnerHost {
  slug: string
  store: DocumentStore
  sync: Sync
  runs: RunStore
  /** Bring a node into view. */
  focus(node: string): void
}

export interface RunnerState {
  /** A run has been requested and the server has not responded yet. */
  starting: boolean
  cancelling: boolean
  connected: boolean
  problems: readonly Problem[]
  /** What calls of providers may cost in each run from here, in US dollars; null: no limit. */
  maxUsd: number | null
  /** Which version is run; undefined: as the server chooses. */
  version: RunOptions['version']
  /** What a run of everything would do; null while that is not known. */
  plan: RunPlan | null
}

export class Runner {
  readonly state = createStore<RunnerState>(() => ({
    starting: false,
    cancelling: false,
    connected: true,
    problems: [],
    maxUsd: null,
    version: undefined,
    plan: null,
  }))
  readonly socket: RunSocket
  private known: Known | null = null
  /** The document that the run under way was started with. */
  private taken: WorkflowDocument | null = null
  private plans = 0
  /** The run whose events are shown. */
  private shown: string | null = null
  private marking: ReturnType<typeof setTimeout> | undefined
  private planning: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly host: RunnerHost) {
    this.socket = new RunSocket(undefined, connected => this.state.setState({ connected }))
  }

  /** Show what is known of the workflow, or of one `run` of it. Returns how to stop. */
  start(run?: string): () => void {
    if (run !== undefined) {
      this.host.runs.begin(run)
      this.watch(run)
      return () => this.socket.close()
    }
    void this.replay()
    const stop = this.host.store.state.subscribe((state, before) => {
      if (state.document !== before.document) this.changed()
      if (state.save !== before.save && state.save.state === 'saved') this.planSoon()
    })
    return () => {
      stop()
      clearTimeout(this.marking)
      clearTimeout(this.planning)
      this.socket.close()
    }
  }

  /** Run everything, or only these nodes with what they need. Returns the run, null without one. */
  async run(options: RunOptions = {}): Promise<string | null> {
    if (this.state.getState().starting || this.host.runs.active) return null
    this.state.setState({ starting: true, problems: [] })
    try {
      const saved = await this.host.sync.flush()
      if (!saved) {
        toast(texts.yourEditsAreNotSavedYet, { tone: 'bad' })
        return null
      }
      const taken = this.host.store.document
      const { maxUsd, version } = this.state.getState()
      const request = { ...(maxUsd !== null && { maxUsd }), version, ...options }
      const { executionId } = await runStart(this.host.slug, request, uuid())
      this.host.runs.begin(executionId)
      this.follows(executionId, taken)
      // Results of variations are not those of the workflow as it is.
      if (options.variations) this.taken = null
      return executionId
    } catch (error) {
      this.refused(error)
    } finally {
      this.state.setState({ starting: false })
    }
    return null
  }

  /** Follow the run that is shown, which has just been taken up again. */
  retried(): void {
    const { id } = this.host.runs.summary
    if (id) this.follows(id, this.host.store.document)
  }

  async cancel(): Promise<void> {
    const { id } = this.host.runs.summary
    if (!id || !this.host.runs.active) return
    this.state.setState({ cancelling: true })
    try {
      await runCancel(id)
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    } finally {
      this.state.setState({ cancelling: false })
    }
  }

  /** Have the run rest once its steps under way are done; or go on. */
  async pause(paused: boolean): Promise<void> {
    const { id } = this.host.runs.summary
    if (!id || !this.host.runs.active) return
    try {
      await (paused ? runPause(id) : runResume(id))
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    }
  }

  private async replay(): Promise<void> {
    const { runs, slug, store } = this.host
    const { document } = store
    try {
      const [found, newest] = await Promise.all([resultsGet(slug), lastRun(slug)])
      runs.keep(found.nodes)
      const upToDate = Object.entries(found.nodes).flatMap(([id, node]) =>
        node.outdated ? [] : id,
      )
      this.known ??= { document, upToDate: new Set(upToDate) }
      if (newest && !runs.summary.id) {
        runs.begin(newest.executionId)
        if (newest.status === 'processing') this.follows(newest.executionId, document)
        else this.watch(newest.executionId)
      }
      this.mark()
      this.planSoon()
    } catch {
      // Without the history of runs the editor still edits.
    }
  }

  /** Follow a run whose results are those of `taken` as they come. */
  private follows(id: string, taken: WorkflowDocument): void {
    this.plans += 1
    this.taken = taken
    if (this.known) this.known = carried(this.known, taken)
    this.mark()
    this.watch(id)
  }

  private watch(id: string): void {
    // Events of an earlier run, still on their way, would be taken for those of this one.
    if (this.shown !== null && this.shown !== id) this.socket.unwatch(this.shown)
    this.shown = id
    this.socket.watch(
      id,
      this.host.runs.summary.lastSeq,
      (events, done) => {
        this.completed(events)
        this.host.runs.receive(events)
        if (done) this.ended()
      },
      message => toast(message, { tone: 'bad' }),
    )
  }

  private completed(events: readonly RunEvent[]): void {
    if (!this.known || this.known.document !== this.taken) return
    const done = events.filter(event => event.type === 'completion').map(event => event.node_id)
    if (!done.length) return
    this.known = { ...this.known, upToDate: new Set([...this.known.upToDate, ...done]) }
    this.mark()
  }

  private ended(): void {
    // A hidden page draws no frames, and what follows needs to know that nothing runs.
    this.host.runs.flush()
    this.taken = null
    this.state.setState({ plan: null })
    this.planSoon()
  }

  private changed(): void {
    clearTimeout(this.marking)
    this.marking = setTimeout(() => {
      if (this.state.getState().problems.length) this.state.setState({ problems: [] })
      this.mark()
      this.planSoon()
    }, MARK_MS)
  }

  private mark(): void {
    const { runs, store } = this.host
    if (!this.known) return
    const { upToDate } = carried(this.known, store.document)
    const made = [...runs.nodes].filter(([, node]) => node.output).map(([id]) => id)
    const nodes = nodesById(store.document)
    // What a node that does not run has made once says nothing of the workflow as it is.
    const runsNow = (id: string) => !nodes.get(id)?.mode && !nodes.get(id)?.pinned
    runs.setStale(new Set(made.filter(id => !upToDate.has(id) && runsNow(id))))
  }

  /** Run the draft, or what is published. */
  choose(version: RunOptions['version']): void {
    this.state.setState({ version, plan: null })
    this.planSoon()
  }

  private planSoon(): void {
    clearTimeout(this.planning)
    this.planning = setTimeout(() => void this.readPlan(), PLAN_MS)
  }

  /** Read what a run would do, once the server has every edit; none can start while one goes on. */
  private async readPlan(): Promise<void> {
    const { runs, slug, store, sync } = this.host
    if (sync.pending || runs.active) return
    const { document } = store
    if (this.known && this.state.getState().plan && sameWork(this.known.document, document)) return
    this.plans += 1
    const number = this.plans
    try {
      const plan = await runPlan(slug, { version: this.state.getState().version })
      if (number !== this.plans) return
      this.known = { document, upToDate: new Set(plan.upToDate) }
      this.state.setState({ plan })
      this.mark()
    } catch {
      // Run says what it will do when the server can be reached again.
    }
  }

  private refused(error: unknown): void {
    const issues = error instanceof ApiError ? error.body.issues : undefined
    if (!Array.isArray(issues) || !issues.length) {
      toast(errorMessage(error), { tone: 'bad' })
      return
    }
    const problems = issues as Problem[]
    this.state.setState({ problems })
    const node = problems.find(problem => problem.nodeId)?.nodeId
    toast(notReady(problems), {
      tone: 'bad',
      action: node ? { label: texts.show, run: () => this.host.focus(node) } : undefined,
    })
  }
}

/** Why nothing runs: "2 nodes are not ready: Blend needs Base: connect an image." */
export function notReady(problems: readonly Problem[]): string {
  const nodes = new Set(problems.map(problem => problem.nodeId).filter(Boolean))
  const message = problems[0]?.message ?? ''
  return nodes.size ? texts.nodesAreNotReady(nodes.size, message) : message
}
