/** Keys of what the viewer shows, wherever in the viewer the focus is. */
import { type RefObject, useEffect, useRef } from 'react'
import { isTyping } from '../isTyping'

/** Call `onKey` for each key; what it returns true for is taken. */
export function useStageKeys(
  box: RefObject<HTMLElement | null>,
  onKey: (event: KeyboardEvent) => boolean,
): void {
  const latest = useRef(onKey)
  latest.current = onKey
  useEffect(() => {
    const dialog = box.current?.closest('dialog')
    const hear = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (latest.current(event)) event.preventDefault()
    }
    dialog?.addEventListener('keydown', hear)
    return () => dialog?.removeEventListener('keydown', hear)
  }, [box])
}
