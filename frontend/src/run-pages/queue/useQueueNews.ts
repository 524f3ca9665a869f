/** Hears over a socket that the queue has changed. */
import { useEffect, useState } from 'react'
import { RunSocket } from '../../runs/socket'

/** Call `onNews` whenever the queue is not what it was; returns whether that is to be relied on. */
export function useQueueNews(all: boolean, onNews: () => void): boolean {
  const [connected, setConnected] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: onNews changes with every render
  useEffect(() => {
    const socket = new RunSocket(undefined, setConnected)
    socket.join(
      () => ({ queue: all ? 'all' : 'own' }),
      frame => {
        if ('type' in frame && frame.type === 'queue') onNews()
      },
    )
    return () => socket.close()
  }, [all])
  return connected
}
