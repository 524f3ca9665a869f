/** What a ComfyUI server said went wrong, and at which nodes and inputs of its graph. No React. */
import type { StepError } from '../api/schema'
import type { Mark } from './graph/context'
import { texts } from './texts'

/** The nodes that are to blame, by the ids they run under, in the order they were named. */
export function faultsOf(error: StepError | null): Map<string, Mark> {
  const found = new Map<string, Mark>()
  for (const row of blamed(error)) {
    const node = text(row.node)
    if (!node || found.has(node)) continue
    const message = text(row.message) || text(row.exception_message) || texts.itFailedHere
    found.set(node, { message, input: text(row.input) || null })
  }
  return found
}

/** What to call the first of them: "KSampler (#3), seed". */
export function faultWords(error: StepError | null): string {
  const first = blamed(error).find(row => text(row.node))
  if (!first) return ''
  const [node, type, input] = [text(first.node), text(first.node_type), text(first.input)]
  return `${type ? `${type} (#${node})` : texts.nodeNode(node)}${input ? `, ${input}` : ''}`
}

/** What was said of each node: one by one when a graph was refused, else of the one that failed. */
function blamed(error: StepError | null): Record<string, unknown>[] {
  const cause = object(error?.body?.cause)
  const rows = Array.isArray(cause.node_errors) ? cause.node_errors.map(object) : []
  return [...rows, cause]
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
