/** The journal of a run as it grows: replayed from its beginning, then followed to its end. */
import { useEffect, useState, useSyncExternalStore } from 'react'
import { RunSocket } from '../../runs/socket'
import { RunStore } from '../../runs/store'

/**
 * Follow a run. `attempt` changes when an ended run was taken up again; `onEnd` hears when it has
 * ended, and `onError` why it cannot be followed.
 */
export function useLiveRun(
  id: string,
  attempt: number,
  onEnd: () => void,
  onError: (message: string) => void,
): RunStore {
  const [store] = useState(() => {
    const made = new RunStore()
    made.begin(id)
    return made
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the callbacks change with every render
  useEffect(() => {
    const socket = new RunSocket()
    socket.watch(
      id,
      store.summary.lastSeq,
      (events, done) => {
        store.receive(events)
        if (done) onEnd()
      },
      onError,
    )
    return () => socket.close()
  }, [id, store, attempt])
  useSyncExternalStore(store.subscribe, () => store.revision)
  return store
}
