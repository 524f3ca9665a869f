/** The present moment, renewed every half minute, for words such as "5 min ago". */
import { useSyncExternalStore } from 'react'

const EVERY_MS = 30_000

let now = new Date()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = new Date()
    for (const listener of listeners) listener()
  }, EVERY_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The same moment for every component of a render. */
export const useNow = (): Date => useSyncExternalStore(subscribe, () => now)
