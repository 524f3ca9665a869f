/** Text being typed: local until 300 ms idle, blur or unmount, then handed over once. */
import { useCallback, useEffect, useRef, useState } from 'react'

const IDLE_MS = 300

/**
 * Hold a draft of a text value. `shown` is what the control displays; `change` is for its input
 * event and `settle` for blur. A value that changes elsewhere replaces the draft unless it is
 * being typed.
 */
export function useDraft(value: string, commit: (text: string) => void) {
  const [draft, setDraft] = useState<string | null>(null)
  const pending = useRef<string | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const latest = useRef(commit)
  latest.current = commit

  const hand = useCallback(() => {
    clearTimeout(timer.current)
    const text = pending.current
    pending.current = null
    if (text !== null) latest.current(text)
  }, [])
  const change = useCallback(
    (text: string) => {
      setDraft(text)
      pending.current = text
      clearTimeout(timer.current)
      timer.current = setTimeout(hand, IDLE_MS)
    },
    [hand],
  )
  const settle = useCallback(() => {
    hand()
    setDraft(null)
  }, [hand])
  // A card that scrolls out of sight is unmounted: what was typed must not go with it.
  useEffect(() => hand, [hand])
  return { shown: draft ?? value, change, settle }
}
