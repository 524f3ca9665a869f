/** Reading run state in components: one node, or the whole. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { NodeRun, RunStatus } from '../../runs/fold'
import { useSession } from '../session'

/** The state of one node in the run that is shown. */
export function useNodeRun(id: string): NodeRun {
  const { runs } = useSession()
  const subscribe = useCallback((listen: () => void) => runs.subscribeNode(id, listen), [runs, id])
  return useSyncExternalStore(subscribe, () => runs.node(id))
}

/**
 * A value derived from a node's run and from whether its result no longer matches its inputs, or an
 * object of such values; the component re-renders only when one of them changes.
 */
export function useNodeRunValue<T>(id: string, pick: (run: NodeRun, stale: boolean) => T): T {
  const { runs } = useSession()
  const subscribe = useCallback((listen: () => void) => runs.subscribeNode(id, listen), [runs, id])
  const value = useShallow(() => pick(runs.node(id), runs.isStale(id)))
  return useSyncExternalStore(subscribe, () => value(undefined))
}

/** Whether a node's result no longer matches its inputs. */
export function useStale(id: string): boolean {
  return useNodeRunValue(id, (_, stale) => stale)
}

/** The number that the run which is shown has drawn for a field; null for none. */
export function useDrawn(id: string, field: string): number | null {
  const { runs } = useSession()
  const subscribe = useCallback((listen: () => void) => runs.subscribeNode(id, listen), [runs, id])
  return useSyncExternalStore(subscribe, () => runs.summary.drawn[id]?.[field] ?? null)
}

/** The status of the run as a whole. */
export function useRunStatus(): RunStatus {
  const { runs } = useSession()
  return useSyncExternalStore(runs.subscribe, () => runs.summary.status)
}

const OVERVIEW_MS = 150

/** Re-render for changes of the run, a few times a second: for readers of all nodes at once. */
export function useRunOverview(): void {
  const { runs } = useSession()
  const [, setSeen] = useState(0)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let { status } = runs.summary
    const show = () => {
      timer = undefined
      setSeen(runs.revision)
    }
    const stop = runs.subscribe(() => {
      // What users wait for, the start and the end, shows at once.
      if (runs.summary.status !== status) {
        status = runs.summary.status
        clearTimeout(timer)
        show()
      } else timer ??= setTimeout(show, OVERVIEW_MS)
    })
    show()
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [runs])
}
