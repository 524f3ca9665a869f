/** A text that arrives twice a second, shown as if it were written: a little more at a time. */
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** Between two chunks that are shown, in ms. */
const CHUNK_MS = 100
/** Chunks of what has arrived: the last is shown before more arrives. */
export const CHUNKS = 4

/** Return how much of a text is shown next, in characters, with so many chunks left. */
export function nextLength(shown: number, whole: number, left: number): number {
  return left <= 1 ? whole : shown + Math.ceil((whole - shown) / left)
}

/** Characters by which the end of the earlier text is found again. */
const KNOWN = 40

/** Return how much of a text was there before, in characters, or null; its beginning may be cut. */
export function alreadyThere(before: string, text: string): number | null {
  if (text.startsWith(before)) return before.length
  const end = before.slice(-KNOWN)
  const found = text.lastIndexOf(end)
  return found < 0 ? null : found + end.length
}

/**
 * Return the part of a growing text that is shown by now.
 *
 * All of it at once where nothing moves: many nodes run, the user wants no motion, the tab is hidden.
 */
export function useRevealed(text: string, box: RefObject<HTMLElement | null>): string {
  const [shown, setShown] = useState(text.length)
  const before = useRef(text)
  // Before it is painted: what is not shown yet must not flash up.
  useLayoutEffect(() => {
    const known = alreadyThere(before.current, text)
    before.current = text
    const still = document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches
    if (known === null || still || box.current?.closest('[data-calm]')) {
      setShown(text.length)
      return
    }
    let length = known
    let left = CHUNKS
    setShown(known)
    const timer = setInterval(() => {
      length = nextLength(length, text.length, left)
      setShown(length)
      left -= 1
      if (left <= 0) clearInterval(timer)
    }, CHUNK_MS)
    return () => clearInterval(timer)
  }, [text, box])
  return text.slice(0, shown)
}
