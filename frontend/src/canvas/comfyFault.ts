/** What a ComfyUI server said went wrong, and at which nodes and inputs of its graph. No React. */
import type { Mark } from '../comfy/viewer'
import type { StepError } from '../runs/events'

/** The nodes that are to blame, by the ids they run under, in the order they were named. */
export function faultsOf(error: StepError | null): Map<string, Mark> {
  const cause = object(error?.body?.cause)
  const found = new Map<string, Mark>()
  const rows = Array.isArray(cause.nodes) ? cause.nodes.map(object) : []
  for (const row of [cause, ...rows]) {
    const node = text(row.node)
    if (!node || found.has(node)) continue
    const message = text(row.message) || text(row.exception_message) || 'It failed here.'
    found.set(node, { message, input: text(row.input) || null })
  }
  return found
}

/** What to call the first of them: "KSampler (#3), seed". */
export function faultWords(error: StepError | null): string {
  const cause = object(error?.body?.cause)
  const [first] = faultsOf(error)
  if (!first) return ''
  const [node, { input }] = first
  const rows = Array.isArray(cause.nodes) ? cause.nodes.map(object) : []
  const named = [cause, ...rows].find(row => text(row.node) === node)
  const type = text(named?.title) || text(named?.node_type)
  return `${type ? `${type} (#${node})` : `Node #${node}`}${input ? `, ${input}` : ''}`
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
