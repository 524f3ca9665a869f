/** The items of a list that a node works through, each as it is. Pure. */
import type { MediaReference } from '../api/schema'
import type { NodeRun } from './fold'
import { resultOf } from './results'

export interface Item {
  /** Its place in the list, from 0. */
  place: number
  state: 'done' | 'failed' | 'waiting'
  media: MediaReference | null
  text: string
  /** Why there is no result. */
  message: string
  /** The time it took in ms; null where it was not measured. */
  ms: number | null
}

/** List the items of a node; none when it runs once. `port` is the output that is shown. */
export function itemsOf(run: NodeRun, port?: string | null): Item[] {
  const count = run.count || run.items || 0
  if (count < 2) return []
  const whole = run.state === 'done' || run.state === 'cached' ? run.output : null
  return Array.from({ length: count }, (_, place) => {
    const done = run.done?.get(place)
    const own = done?.output ?? (whole && !done ? itemOf(whole, place, count) : null)
    const { media, text } = resultOf(own, port)
    const failed = done?.message !== undefined
    return {
      place,
      state: failed ? 'failed' : own ? 'done' : 'waiting',
      media: media[0] ?? null,
      text: text ?? '',
      message: done?.message ?? '',
      ms: done?.ms ?? null,
    }
  })
}

/** What a node has at its outputs for the item of a place; null while it has nothing. */
export function outputOf(run: NodeRun, place: number): Record<string, unknown> | null {
  const done = run.done?.get(place)
  if (done) return done.output ?? null
  return run.output ? itemOf(run.output, place, run.count || run.items || 0) : null
}

/** What a node has at each output for one item, where its outputs are lists of all items. */
function itemOf(output: Record<string, unknown>, place: number, count: number) {
  const found = Object.entries(output).flatMap(([name, value]) =>
    Array.isArray(value) && value.length === count ? [[name, value[place]] as const] : [],
  )
  return found.some(([, value]) => value !== null) ? Object.fromEntries(found) : null
}

/** How many items of a run have no result, over all its nodes. */
export function failedItems(nodes: Iterable<NodeRun>): number {
  let count = 0
  for (const { failed } of nodes) count += failed
  return count
}
