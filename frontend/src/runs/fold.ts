/** One reducer from events to what the canvas shows, for a live run and for a finished one alike. */

import type { DoneItem, Execution, Preview, RunEvent, RunnerEvent, StepError } from '../api/schema'
export type NodeState =
  | 'idle'
  | 'queued'
  | 'running'
  | 'done'
  | 'cached'
  | 'failed'
  | 'skipped'
  | 'cancelled'

export interface NodeRun {
  state: NodeState
  fraction: number | null
  text: string
  preview: Preview | null
  output: Record<string, unknown> | null
  ms: number | null
  items: number | null
  /** How many of the items have no result. */
  failed: number
  /** Items of a list that are done, by their place; null before the first. */
  done: ReadonlyMap<number, DoneItem> | null
  /** Of how many. */
  count: number
  startedAt: number | null
  message: string
  error: StepError | null
  /** Why the node was skipped. */
  reason: string
  /** What its author should know although it ran, as sentences. */
  warnings: readonly string[]
  /** The state of the node's work on the runner that has it; null without one. */
  remote: Remote | null
}

export interface Remote {
  /** The state of the request there; empty before and after. */
  state: RunnerEvent['state'] | ''
  /** How many requests the runner does first; null when it does not wait. */
  position: number | null
  /** The runner's name; empty when none has it yet. */
  runner: string
}

export type RunStatus =
  | 'none'
  | 'queued'
  | 'running'
  | 'pausing'
  | 'paused'
  | 'completed'
  | 'failed'
  | 'cancelled'

export interface RunSummary {
  id: string | null
  status: RunStatus
  attempt: number
  lastSeq: number
  startedAt: number | null
  finishedAt: number | null
  message: string
  failedNode: string | null
  output: unknown
  /** The nodes of this run in the order they were planned. */
  nodes: readonly string[]
  /** The random numbers it has drawn. */
  drawn: Execution['randomized']
}

export const IDLE: NodeRun = Object.freeze({
  state: 'idle',
  fraction: null,
  text: '',
  preview: null,
  output: null,
  ms: null,
  items: null,
  failed: 0,
  done: null,
  count: 0,
  startedAt: null,
  message: '',
  error: null,
  reason: '',
  warnings: [],
  remote: null,
})

export const NO_RUN: RunSummary = Object.freeze({
  id: null,
  status: 'none',
  attempt: 0,
  lastSeq: 0,
  startedAt: null,
  finishedAt: null,
  message: '',
  failedNode: null,
  output: undefined,
  nodes: [],
  drawn: {},
})

/** What changes when events arrive; `nodes` is written in place, its values are never mutated. */
export interface Folded {
  summary: RunSummary
  nodes: Map<string, NodeRun>
}

/**
 * Fold events into the state. Events already seen (by seq) are ignored, so a page may be replayed.
 * Returns the ids of the nodes that changed.
 */
export function fold(folded: Folded, events: readonly RunEvent[]): Set<string> {
  const changed = new Set<string>()
  let summary = folded.summary
  const set = (id: string, change: Partial<NodeRun>) => {
    folded.nodes.set(id, { ...(folded.nodes.get(id) ?? IDLE), ...change })
    changed.add(id)
  }
  for (const event of events) {
    if (event.seq <= summary.lastSeq) continue
    summary = { ...summary, lastSeq: event.seq }
    const at = Date.parse(event.at)
    switch (event.type) {
      case 'queued':
        summary = {
          ...summary,
          status: 'queued',
          startedAt: summary.startedAt ?? at,
          finishedAt: null,
          message: '',
          failedNode: null,
          output: undefined,
          drawn: event.randomized ?? summary.drawn,
        }
        for (const id of Object.keys(event.randomized ?? {})) changed.add(id)
        break
      case 'pausing':
        summary = { ...summary, status: 'pausing' }
        break
      case 'paused':
        summary = { ...summary, status: 'paused' }
        for (const [id, node] of folded.nodes) {
          // Of a list, some items may be done.
          if (node.state === 'running') set(id, { state: 'queued', fraction: null, text: '' })
        }
        break
      case 'resumed':
        // One that had not paused yet goes on.
        summary = { ...summary, status: summary.status === 'pausing' ? 'running' : 'queued' }
        break
      case 'started':
        summary = {
          ...summary,
          status: 'running',
          attempt: event.attempt,
          nodes: event.nodes ?? [],
          startedAt: at,
          finishedAt: null,
        }
        for (const id of event.nodes ?? []) {
          const { state, output, ms, done, count } = folded.nodes.get(id) ?? IDLE
          // A further attempt keeps what an earlier one has completed.
          if (event.attempt > 1 && (state === 'done' || state === 'cached')) continue
          set(id, {
            ...IDLE,
            state: 'queued',
            output,
            ms,
            ...(event.attempt > 1 && { done, count }),
          })
        }
        for (const [id, node] of folded.nodes) {
          // Nodes that this run leaves alone keep their results.
          if (node.state === 'idle' && node.output) set(id, { state: 'done' })
        }
        break
      case 'submit':
        set(event.node_id, {
          state: 'running',
          startedAt: at,
          fraction: null,
          text: '',
          message: '',
          error: null,
          remote: null,
        })
        break
      case 'runner':
        set(event.node_id, { state: 'running', remote: remoteOf(event) })
        break
      case 'progress':
        set(event.node_id, {
          state: 'running',
          fraction: event.fraction ?? null,
          text: event.text ?? '',
          ...(event.preview ? { preview: event.preview } : {}),
        })
        break
      case 'warning': {
        const said = folded.nodes.get(event.node_id)?.warnings ?? []
        if (!said.includes(event.message)) {
          set(event.node_id, { warnings: [...said, event.message] })
        }
        break
      }
      case 'items': {
        const done = new Map(folded.nodes.get(event.node_id)?.done)
        for (const item of event.items) done.set(item.item, item)
        set(event.node_id, { done, count: event.count })
        break
      }
      case 'completion':
        set(event.node_id, {
          failed: event.failed ?? 0,
          state: event.cached ? 'cached' : 'done',
          output: event.output,
          ms: event.ms ?? null,
          items: event.items ?? null,
          fraction: null,
          text: '',
          preview: null,
          error: null,
          message: '',
          remote: null,
        })
        break
      case 'skipped':
        set(event.node_id, { state: 'skipped', reason: event.reason ?? '' })
        break
      case 'error':
        if (event.node_id) {
          set(event.node_id, {
            state: 'failed',
            message: event.message,
            error: event.error ?? null,
            fraction: null,
            ...(event.output ? { output: event.output } : {}),
          })
        }
        break
      case 'output':
        summary = { ...summary, status: 'completed', finishedAt: at, output: event.output }
        break
      case 'failed':
      case 'cancelled':
        summary = {
          ...summary,
          status: event.type,
          finishedAt: at,
          message: event.type === 'failed' ? (event.message ?? '') : '',
          failedNode: event.type === 'failed' ? (event.node_id ?? null) : null,
        }
        for (const [id, node] of folded.nodes) {
          if (node.state === 'queued' || node.state === 'running') {
            set(id, { state: 'cancelled', fraction: null, remote: null })
          }
        }
        break
    }
  }
  folded.summary = summary
  return changed
}

/** What an event says of where a node's work is. */
export function remoteOf(event: Extract<RunEvent, { type: 'runner' }>): Remote {
  const { state, position, runner } = event
  return { state, position: position ?? null, runner: runner?.name ?? '' }
}

/** How far a run is: counts by state and the share of work done, 0 to 1. */
export function tally(summary: RunSummary, nodes: ReadonlyMap<string, NodeRun>) {
  const counts = { waiting: 0, running: 0, done: 0, failed: 0, skipped: 0 }
  let work = 0
  for (const id of summary.nodes) {
    const node = nodes.get(id) ?? IDLE
    if (node.state === 'done' || node.state === 'cached') counts.done += 1
    else if (node.state === 'running') counts.running += 1
    else if (node.state === 'failed') counts.failed += 1
    else if (node.state === 'skipped' || node.state === 'cancelled') counts.skipped += 1
    else counts.waiting += 1
    if (node.state === 'running') work += node.fraction ?? 0
    else if (node.state !== 'queued' && node.state !== 'idle') work += 1
  }
  const total = summary.nodes.length
  return { ...counts, total, share: total ? work / total : 0 }
}
