/** What is typed while the part that it is meant for still loads. */
import { useLayoutEffect } from 'react'

let text = ''

/** Replaces a search box whose code is not there yet: keeps what is typed for `typedAhead`. */
export function TypedAhead() {
  useLayoutEffect(() => {
    const stop = new AbortController()
    const type = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'Backspace') text = text.slice(0, -1)
      else if (event.key.length === 1) text += event.key
      else return
      // The keys are for the box: as shortcuts of the page they would do something else.
      event.preventDefault()
      event.stopPropagation()
    }
    addEventListener('keydown', type, { capture: true, signal: stop.signal })
    return () => stop.abort()
  }, [])
  return null
}

/** What was typed since the last call. */
export function typedAhead(): string {
  const typed = text
  text = ''
  return typed
}
