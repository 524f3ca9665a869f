/** The order of the runs that wait. No React. */
import type { QueuedRun } from '../../api/schema'

/** The rows with waiting ones moved behind another, or to the front, and their new places. */
export function moved(
  rows: readonly QueuedRun[],
  ids: readonly string[],
  after: string | null,
): QueuedRun[] {
  const own = rows.filter(row => row.state === 'queued' && row.mine)
  const going = ids.flatMap(id => own.find(row => row.executionId === id) ?? [])
  const rest = own.filter(row => !ids.includes(row.executionId))
  const at = after === null ? 0 : rest.findIndex(row => row.executionId === after) + 1
  const order = [...rest.slice(0, at), ...going, ...rest.slice(at)]
  let next = 0
  return rows.map(row => {
    if (row.state !== 'queued' || !row.mine) return row
    const place = order[next] ?? row
    next += 1
    return { ...place, position: next }
  })
}

/** The run behind which one comes that moves by one place; undefined: it cannot. */
export function neighbor(
  own: readonly QueuedRun[],
  id: string,
  up: boolean,
): string | null | undefined {
  const at = own.findIndex(row => row.executionId === id)
  if (at < 0 || (up ? at === 0 : at === own.length - 1)) return undefined
  return up ? (own[at - 2]?.executionId ?? null) : own[at + 1]?.executionId
}
