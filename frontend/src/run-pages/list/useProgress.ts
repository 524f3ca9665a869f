/** How far the listed runs are, followed over one socket as long as they run. */
import { useEffect, useState } from 'react'
import { type Folded, fold, NO_RUN, tally } from '../../runs/fold'
import { RunSocket } from '../../runs/socket'

export interface Progress {
  /** The share of the work that is done, 0 to 1. */
  share: number
  done: number
  total: number
}

const SHOW_MS = 150

/** The progress of each of these runs, by id; `onEnd` hears when one has ended. */
export function useProgress(ids: readonly string[], onEnd: () => void): Map<string, Progress> {
  const [progress, setProgress] = useState<Map<string, Progress>>(() => new Map())
  const watched = ids.join(' ')

  // biome-ignore lint/correctness/useExhaustiveDependencies: onEnd may change with every render
  useEffect(() => {
    if (!watched) return
    const socket = new RunSocket()
    const runs = new Map<string, Folded>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      timer = undefined
      setProgress(new Map([...runs].map(([id, run]) => [id, tally(run.summary, run.nodes)])))
    }
    for (const id of watched.split(' ')) {
      const run: Folded = { summary: { ...NO_RUN, id }, nodes: new Map() }
      runs.set(id, run)
      socket.watch(id, 0, (events, done) => {
        fold(run, events)
        timer ??= setTimeout(show, SHOW_MS)
        if (done) onEnd()
      })
    }
    return () => {
      clearTimeout(timer)
      socket.close()
    }
  }, [watched])
  return progress
}
