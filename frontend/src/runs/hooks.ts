/** Reading run state in components: one node, or the whole. */
import { useCallback, useSyncExternalStore } from 'react'
import { useSession } from '../canvas/session'
import type { NodeRun, RunSummary } from './fold'

/** The state of one node in the run that is shown. */
export function useNodeRun(id: string): NodeRun {
  const { runs } = useSession()
  const subscribe = useCallback((listen: () => void) => runs.subscribeNode(id, listen), [runs, id])
  return useSyncExternalStore(subscribe, () => runs.node(id))
}

/** Whether a node's result no longer matches its inputs. */
export function useStale(id: string): boolean {
  const { runs } = useSession()
  const subscribe = useCallback((listen: () => void) => runs.subscribeNode(id, listen), [runs, id])
  return useSyncExternalStore(subscribe, () => runs.isStale(id))
}

/** One value derived from a node's run; the component re-renders only when the value changes. */
export function useNodeRunValue<T extends string | number | boolean | null>(
  id: string,
  pick: (run: NodeRun) => T,
): T {
  const { runs } = useSession()
  const subscribe = useCallback((listen: () => void) => runs.subscribeNode(id, listen), [runs, id])
  return useSyncExternalStore(subscribe, () => pick(runs.node(id)))
}

/** The run as a whole. */
export function useRunSummary(): RunSummary {
  const { runs } = useSession()
  return useSyncExternalStore(runs.subscribe, () => runs.summary)
}

/** A number that grows with every change of the run, for readers of many nodes. */
export function useRunRevision(): number {
  const { runs } = useSession()
  return useSyncExternalStore(runs.subscribe, () => runs.revision)
}
