/** Time that passes on the page. */
import { useEffect, useState } from 'react'

/** Milliseconds since a moment, a few times a second; null when nothing is being timed. */
export function useElapsed(since: number | null): number | null {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (since === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [since])
  return since === null ? null : Math.max(0, now - since)
}
