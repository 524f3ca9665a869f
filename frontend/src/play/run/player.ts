/**
 * Runs of one workflow from its playground: starting, following, and remembering them. A user of
 * the site follows the run's events; a visitor polls its status.
 */

import { createStore } from 'zustand/vanilla'
import type { JsonObject } from '../../api/document'
import { publicRunGet, publicRunStart } from '../../api/play'
import type { PublicExecution } from '../../api/schema'
import { runCancel, runGet, runStart } from '../../api/workflows'
import { ApiError, errorMessage } from '../../lib/errors'
import { uuid } from '../../lib/ids'
import { type NodeRun, tally } from '../../runs/fold'
import { RunSocket } from '../../runs/socket'
import { RunStore } from '../../runs/store'
import { separate } from '../../ui/play-form/ownFiles'
import { type FieldProblems, type FormField, sortIssues } from '../../ui/play-form/schema'
import { type PastRun, readHistory, withRun, writeHistory } from '../earlier/history'
import { texts } from '../texts'

export interface PlayStep {
  id: string
  run: NodeRun
}

export interface PlayState {
  phase: 'idle' | 'starting' | 'running'
  /** The run on show: the one that is running, or one of the past. */
  shown: PastRun | null
  runs: PastRun[]
  /** Of the run that is running: the share done (null when not known) and its nodes. */
  share: number | null
  steps: PlayStep[]
  connected: boolean
  cancelling: boolean
  /** Why the last attempt to start a run was refused. */
  fields: FieldProblems
  problem: string
}

interface Host {
  slug: string
  user: string
  form: readonly FormField[]
  /** Whether the user may run it as themselves. */
  member: boolean
}

const POLL_MS = [400, 600, 1000, 1500, 2000]

export class Player {
  readonly state = createStore<PlayState>(() => ({
    phase: 'idle',
    shown: null,
    runs: [],
    share: null,
    steps: [],
    connected: true,
    cancelling: false,
    fields: {},
    problem: '',
  }))
  private socket: RunSocket | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private stopped = false

  constructor(private readonly host: Host) {
    const runs = readHistory(host.user, host.slug)
    this.state.setState({ runs, shown: runs[0] ?? null })
  }

  /** Take up a run that was going on when the page was left. Returns how to stop. */
  start(): () => void {
    this.stopped = false
    const newest = this.state.getState().runs[0]
    if (newest?.status === 'processing') this.follow(newest)
    return () => {
      this.stopped = true
      clearTimeout(this.timer)
      this.socket?.close()
      this.socket = null
    }
  }

  /** Start a run with these inputs. */
  async run(inputs: JsonObject): Promise<void> {
    if (this.state.getState().phase !== 'idle') return
    this.state.setState({ phase: 'starting', fields: {}, problem: '' })
    try {
      const { slug, member } = this.host
      const started = member
        ? {
            ...(await runStart(slug, { inputs, version: 'published' }, uuid())),
            pollUrl: undefined,
          }
        : await startAsVisitor(slug, inputs)
      this.follow({
        id: started.executionId,
        at: new Date().toISOString(),
        status: 'processing',
        ms: null,
        inputs,
        result: null,
        message: '',
        ...(started.pollUrl ? { pollUrl: started.pollUrl } : {}),
      })
    } catch (error) {
      this.refused(error)
    }
  }

  async cancel(): Promise<void> {
    const { shown, phase } = this.state.getState()
    if (!shown || phase !== 'running') return
    this.state.setState({ cancelling: true })
    try {
      await runCancel(shown.id)
    } catch (error) {
      this.state.setState({ cancelling: false, problem: errorMessage(error) })
    }
  }

  /** Show a run of the past. */
  show(run: PastRun): void {
    if (this.state.getState().phase === 'idle') {
      this.state.setState({ shown: run, fields: {}, problem: '' })
    }
  }

  /** Say what is wrong before a request is sent. */
  refuse(fields: FieldProblems): void {
    this.state.setState({ fields, problem: '' })
  }

  /** Take back the complaint about a field that is being changed. */
  forgive(name: string): void {
    const { [name]: known, ...fields } = this.state.getState().fields
    if (known !== undefined) this.state.setState({ fields })
  }

  forget(): void {
    const { phase, shown, runs } = this.state.getState()
    const left = phase === 'running' ? runs.filter(run => run.id === shown?.id) : []
    this.state.setState({ runs: left, shown: phase === 'running' ? shown : null })
    writeHistory(this.host.user, this.host.slug, left)
  }

  private follow(run: PastRun): void {
    this.keep(run)
    this.state.setState({ phase: 'running', share: null, steps: [], cancelling: false })
    if (run.pollUrl) this.poll(run, run.pollUrl, 0)
    else this.watch(run)
  }

  private watch(run: PastRun): void {
    const runs = new RunStore()
    runs.begin(run.id)
    this.socket ??= new RunSocket(undefined, connected => this.state.setState({ connected }))
    runs.subscribe(() => {
      const { summary } = runs
      const steps = summary.nodes.map(id => ({ id, run: runs.node(id) }))
      const { share, total } = tally(summary, runs.nodes)
      this.state.setState({ steps, share: total ? share : null })
      if (!runs.active && summary.finishedAt) void this.settle(run, steps)
    })
    const lost = (message: string) => this.lost(run, message)
    this.socket.watch(run.id, 0, events => runs.receive(events), lost)
  }

  /** Read from the API how a run has ended, with everything an error says. */
  private async settle(run: PastRun, steps: readonly PlayStep[]): Promise<void> {
    try {
      const { status, result, error, startedAt, completedAt } = await runGet(run.id)
      if (this.stopped) return
      const ms = startedAt && completedAt ? Date.parse(completedAt) - Date.parse(startedAt) : null
      const failed = steps.find(step => step.run.state === 'failed')
      const message = failed?.run.message || messageOf(error)
      const needsKey = failed?.run.error?.body?.code === 'CREDENTIAL_NOT_BOUND'
      this.end({ ...run, status, result, ms, message, needsKey }, failed?.id)
    } catch (error) {
      this.lost(run, errorMessage(error))
    }
  }

  private poll(run: PastRun, url: string, times: number): void {
    this.timer = setTimeout(
      async () => {
        let found: PublicExecution | null = null
        try {
          found = await publicRunGet(url)
        } catch (error) {
          if (this.stopped) return
          const passing = !(error instanceof ApiError) || error.status >= 500
          if (!passing && error.status !== 429) return this.lost(run, errorMessage(error))
          this.state.setState({ connected: false })
        }
        if (this.stopped) return
        if (found) this.state.setState({ connected: true, share: found.progress ?? null })
        if (!found || found.status === 'processing') return this.poll(run, url, times + 1)
        const { status, result, ms, error } = found
        this.end({ ...run, status, result, ms, message: messageOf(error) })
      },
      POLL_MS[Math.min(times, POLL_MS.length - 1)],
    )
  }

  private end(run: PastRun, failedNode?: string): void {
    this.keep(failedNode ? { ...run, failedNode } : run)
    this.state.setState({ phase: 'idle', share: null, cancelling: false, connected: true })
  }

  private lost(run: PastRun, message: string): void {
    this.end({ ...run, status: 'failed', message })
  }

  private keep(run: PastRun): void {
    const runs = withRun(this.state.getState().runs, run)
    this.state.setState({ runs, shown: run })
    writeHistory(this.host.user, this.host.slug, runs)
  }

  private refused(error: unknown): void {
    const issues = error instanceof ApiError ? error.body.issues : undefined
    if (!Array.isArray(issues) || !issues.length) {
      this.state.setState({ phase: 'idle', problem: errorMessage(error) })
      return
    }
    const { fields, others } = sortIssues(this.host.form, issues)
    const [first = '', ...more] = others
    const problem = more.length ? texts.problemAndMore(first, more.length) : first
    this.state.setState({ phase: 'idle', fields, problem })
  }
}

function startAsVisitor(slug: string, inputs: JsonObject) {
  const { values, files } = separate(inputs)
  return publicRunStart(slug, values, files)
}

function messageOf(error: unknown): string {
  if (typeof error === 'string') return error
  const message = (error as { message?: unknown } | null)?.message
  return typeof message === 'string' ? message : ''
}
