/** The calls about runners: the ComfyUI servers that are registered here. */
import { call } from './client'
import type { JsonObject } from './document'

export interface Device {
  name: string
  /** Bytes; null when the server does not say. */
  vramTotal: number | null
  vramFree: number | null
}

/** What a probe found. */
export interface HealthWire {
  state: 'up' | 'down' | 'unknown'
  checkedAt: string | null
  version: string
  queueRemaining: number | null
  devices: Device[]
  error: string
  latencyMs: number | null
}

export interface RunnerWire {
  id: string
  name: string
  endpoint: string
  tags: string[]
  status: 'active' | 'disabled'
  /** Shared with all users. */
  shared: boolean
  /** It may have an address of the local network. */
  private: boolean
  /** It belongs to who asks, who may change it. */
  mine: boolean
  /** Values are masked. */
  headers: Record<string, string>
  health: HealthWire | null
  lastSeenAt: string | null
  createdAt: string
}

export interface RunnerWish {
  name: string
  endpoint: string
  /** A value that is still masked keeps the secret it stands for. */
  headers: Record<string, string>
  tags: string[]
  shared?: boolean
}

export interface QueuedPrompt {
  promptId: string
  mine: boolean
  executionId?: string | null
}

export interface QueueWire {
  running: QueuedPrompt[]
  pending: QueuedPrompt[]
}

const at = (id: string) => `/api/runners/${encodeURIComponent(id)}`

export const runnerList = () => call<RunnerWire[]>('/api/runners')

/** Register a runner. Throws ApiError (400 names the field; 403 when one may not). */
export const runnerCreate = (body: RunnerWish) =>
  call<RunnerWire>('/api/runners', { method: 'POST', body })

export const runnerChange = (
  id: string,
  body: Partial<RunnerWish> & { status?: RunnerWire['status'] },
) => call<RunnerWire>(at(id), { method: 'PUT', body })

/** Forget a runner. Throws ApiError RUNNER_BUSY while runs are under way on it, unless forced. */
export const runnerDelete = (id: string, force: boolean) =>
  call<unknown>(`${at(id)}${force ? '?force=true' : ''}`, { method: 'DELETE' })

/** Ask the server now how it is. */
export const runnerTest = (id: string) =>
  call<HealthWire>(`${at(id)}/test`, { method: 'POST', body: {} })

export const runnerQueue = (id: string) => call<QueueWire>(`${at(id)}/queue`)

/** What a ComfyUI graph needs and a runner has not got. */
export interface Lacking {
  classes: string[]
  options: LackedOption[]
}

export interface LackedOption {
  node: string
  nodeType: string
  input: string
  value: string
}

export interface LackingWire {
  /** The one that lacks least; null where none takes work with these tags. */
  runner: { id: string; name: string } | null
  /** Null where its node types are not known. */
  lacking: Lacking | null
}

/** Ask what no runner has of a graph. Throws ApiError (400 for anything but a ComfyUI file). */
export const runnerLacking = (graph: JsonObject, tags: readonly string[]) =>
  call<LackingWire>('/api/runners/lacking', { method: 'POST', body: { graph, tags } })

/** Ask a server that is not registered (or not so) yet how it is; `id` lends its kept headers. */
export const runnerTry = (body: Pick<RunnerWish, 'endpoint' | 'headers'> & { id: string | null }) =>
  call<HealthWire>('/api/runners/test', { method: 'POST', body })
