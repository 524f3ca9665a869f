/** The events of a run's journal as they arrive, one type per line of the journal. */
import type { MediaReference } from './media'

interface Line {
  seq: number
  at: string
}

/** Random numbers of a run, by node and field. */
export type Drawn = Readonly<Record<string, Readonly<Record<string, number>>>>

/** How a step stands with the outside server it was handed to; empty before and after. */
export type RemoteState = '' | 'uploaded' | 'queued' | 'running' | 'invalid'

export interface StepError {
  status?: number
  body?: {
    code?: string
    field?: string
    value?: unknown
    expected?: string
    [key: string]: unknown
  }
}

export type RunEvent = Line &
  (
    | {
        type: 'queued'
        ignored?: string[]
        /** The random numbers the run has drawn, by node and field. */
        randomized?: Drawn
      }
    | { type: 'started'; attempt: number; runner?: string; nodes?: string[] }
    | { type: 'submit'; node_id: string; app_id?: string; request_id?: string | null }
    | { type: 'suspected'; node_id: string; deaths: number }
    | {
        type: 'progress'
        node_id: string
        fraction?: number | null
        text?: string
        preview?: MediaReference
      }
    | {
        type: 'runner'
        node_id: string
        state: RemoteState
        /** How many requests the runner does first; null when it does not wait. */
        position?: number | null
        runner?: { id: string; name: string } | null
        prompt_id?: string | null
      }
    | { type: 'warning'; node_id: string; message: string }
    | {
        type: 'completion'
        node_id: string
        app_id?: string
        output: Record<string, unknown>
        cached?: boolean
        ms?: number
        items?: number
      }
    | { type: 'skipped'; node_id: string; reason?: string }
    | {
        type: 'error'
        node_id: string | null
        message: string
        error?: StepError
        /** What the node had made by then, where that was kept. */
        output?: Record<string, unknown>
      }
    | { type: 'output'; output: unknown }
    | { type: 'failed'; message?: string; node_id?: string | null }
    | { type: 'cancelled' }
  )
