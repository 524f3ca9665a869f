/** Muting, bypassing and pinning nodes: several at once, one step of the history each. */
import type { JsonObject, Operation } from '../../api/document'
import { type Mode, modeOf, pinnedOf } from '../../document/modes'
import { toast } from '../../lib/toasts'
import type { Session } from '../session'
import { texts } from './texts'

/** Characters of JSON that a pinned result may have: the document carries it. */
const MOST_PINNED = 256 * 1024

/** Those of the nodes that run at all. */
export function running(session: Session, ids: readonly string[]): string[] {
  return ids.filter(id => {
    const node = session.store.node(id)
    return node && session.catalog.get(node.type)?.runs
  })
}

/** Whether all of these nodes that run have a mode. */
export function allIn(session: Session, ids: readonly string[], mode: Mode): boolean {
  const able = running(session, ids)
  return able.length > 0 && able.every(id => modeOf(session.store.node(id) as never) === mode)
}

/** Give nodes a mode; when all have it already, take it away. */
export function toggleMode(session: Session, ids: readonly string[], mode: Mode): void {
  const able = running(session, ids)
  const value = allIn(session, able, mode) ? undefined : mode
  const operations = able.flatMap((id): Operation[] => {
    const node = session.store.node(id)
    if (!node || (node.mode ?? undefined) === value) return []
    return [{ op: 'node.set', id, key: 'mode', ...(value ? { value } : {}) }]
  })
  session.store.edit(operations, { label: texts.changeMode[value ?? 'none'](able.length) })
}

/** Those of the nodes that can hold a result. */
export function pinnable(session: Session, ids: readonly string[]): string[] {
  return running(session, ids).filter(id => {
    const node = session.store.node(id)
    return node && pinnedOf({ ...node, pinned: { outputs: {} } }, session.catalog)
  })
}

/** Whether all of these nodes that can hold a result do. */
export function allPinned(session: Session, ids: readonly string[]): boolean {
  const able = pinnable(session, ids)
  return able.length > 0 && able.every(id => session.store.node(id)?.pinned !== undefined)
}

/** Hold this result of a node, or let it run again with null. Returns whether it could. */
export function pinOutput(
  session: Session,
  id: string,
  output: Record<string, unknown> | null,
): boolean {
  if (output && JSON.stringify(output).length > MOST_PINNED) {
    toast(texts.resultTooLargeToPin(session.titleOf(id)), { tone: 'bad' })
    return false
  }
  const value = output && { outputs: output as JsonObject, since: new Date().toISOString() }
  const operation: Operation = { op: 'node.set', id, key: 'pinned', ...(value && { value }) }
  session.store.edit([operation], {
    label: output ? texts.pinResults(1) : texts.unpinResults(1),
  })
  return true
}

/** Pin the results of nodes, or unpin them when all are pinned. Says which have no result yet. */
export function togglePin(session: Session, ids: readonly string[]): void {
  const able = pinnable(session, ids)
  const operations: Operation[] = []
  const refused: string[] = []
  if (allPinned(session, able)) {
    operations.push(...able.map((id): Operation => ({ op: 'node.set', id, key: 'pinned' })))
    session.store.edit(operations, { label: texts.unpinResults(able.length) })
    return
  }
  const since = new Date().toISOString()
  for (const id of able) {
    if (session.store.node(id)?.pinned !== undefined) continue
    const { output } = session.runs.node(id)
    if (!output) refused.push(texts.noResultToPin(session.titleOf(id)))
    else if (JSON.stringify(output).length > MOST_PINNED) {
      refused.push(texts.resultTooLargeToPin(session.titleOf(id)))
    } else {
      const value = { outputs: output as JsonObject, since }
      operations.push({ op: 'node.set', id, key: 'pinned', value })
    }
  }
  session.store.edit(operations, { label: texts.pinResults(operations.length) })
  if (refused[0] !== undefined) toast(refused[0], { tone: 'bad' })
}
