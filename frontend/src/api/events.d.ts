/** The events of a run. Written by `manage.py event_types` from `workflows/journal/events.py`. */
import type { Json, JsonObject } from './json'

/** Which runner has the work of a node. */
export interface RunnerName {
  id: string
  name: string
}

/** A picture of work that is not done: a file of the server, or all in its URL. */
export interface Preview {
  url: string
  content_type: string
  asset?: string
  size?: number
  name?: string
}

/**
 * What is known of a failure besides its sentence; the code says which further keys there are.
 *
 * `item` is the item of a list it happened for, `cause` what an outside server said.
 */
export interface StepErrorBody {
  code: string
  field?: string | null
  value?: Json
  expected?: Json
  item?: number
  cause?: Json
}

/** Why a node failed, with the status a request for it alone would have. */
export interface StepError {
  status: number
  body: StepErrorBody
}

/**
 * The run waits for its turn: accepted, retried, or handed back by a process that stopped.
 *
 * In the first event alone, `ignored` names inputs that were given and are not declared, and
 * `randomized` holds the random numbers the run has drawn, by node and field.
 */
export interface Queued {
  seq: number
  at: string
  type: 'queued'
  ignored?: string[]
  randomized?: Record<string, Record<string, number>>
}

/** A process has taken the run; `nodes` are the ids that will run, in plan order. */
export interface Started {
  seq: number
  at: string
  type: 'started'
  attempt: number
  runner: string
  nodes: string[]
}

/**
 * A node runs. Comes again with the `request_id` once a provider has given one.
 *
 * `item` tells which call it is when a list met a single port.
 */
export interface Submit {
  seq: number
  at: string
  type: 'submit'
  node_id: string
  app_id: string
  request_id: string | null
  item?: number
}

/**
 * How many deaths of a process are to be laid at a node's door if this one dies now.
 *
 * Comes only after a process has died over the run, engine/suspects.py.
 */
export interface Suspected {
  seq: number
  at: string
  type: 'suspected'
  node_id: string
  deaths: number
}

/**
 * Where a node's work stands that a runner does: `state` is uploaded, queued, running, invalid.
 *
 * `position` counts the requests before it in the queue, `runner` is `{"id", "name"}`,
 * `prompt_id` what the request is called there. `item` as in Submit.
 */
export interface OnRunner {
  seq: number
  at: string
  type: 'runner'
  node_id: string
  state: 'uploaded' | 'queued' | 'running' | 'invalid'
  position: number | null
  runner: RunnerName | null
  prompt_id: string | null
  item?: number
}

/** How far a node is: `fraction` is 0...1, or null when nobody knows. */
export interface Progress {
  seq: number
  at: string
  type: 'progress'
  node_id: string
  fraction: number | null
  text: string
  preview?: Preview
}

/** Something the author of a node should know although it runs. */
export interface Warned {
  seq: number
  at: string
  type: 'warning'
  node_id: string
  message: string
}

/**
 * A node is done. `ms` it took; `items` how often it ran when a list met a single port.
 *
 * Python holds `output` as JSON text, which also goes to the step's row and the cache.
 */
export interface Completion {
  seq: number
  at: string
  type: 'completion'
  node_id: string
  app_id: string
  output: JsonObject
  cached: boolean
  ms: number
  items?: number
}

/** A node will not run in this attempt, or was stopped, because another one failed. */
export interface Skipped {
  seq: number
  at: string
  type: 'skipped'
  node_id: string
  reason: string
}

/**
 * A node failed; `error` is `{status, body: {code, field?, value?, expected?}}`.
 *
 * `output` is what it had made by then, where that was kept.
 */
export interface NodeFailed {
  seq: number
  at: string
  type: 'error'
  node_id: string
  message: string
  error: StepError
  output?: JsonObject
}

/** Terminal: the run completed with this result. */
export interface Output {
  seq: number
  at: string
  type: 'output'
  output: Json
}

/**
 * Terminal: the run failed, because of `node_id` where one is to blame.
 *
 * `code` says what else it was: START_TIMEOUT, when it had not begun in time.
 */
export interface Failed {
  seq: number
  at: string
  type: 'failed'
  message: string
  node_id: string | null
  code?: string
}

/** Terminal: somebody cancelled the run. */
export interface Cancelled {
  seq: number
  at: string
  type: 'cancelled'
}

export type RunEvent =
  | Queued
  | Started
  | Submit
  | Suspected
  | OnRunner
  | Progress
  | Warned
  | Completion
  | Skipped
  | NodeFailed
  | Output
  | Failed
  | Cancelled
