/** Files dragged over a page: whether some hover over it now, and what is done when they fall. */
import { useEffect, useState } from 'react'

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/**
 * Take files that are dropped anywhere on the page and that no part of it has taken already; without
 * this the browser would leave the page for the file. Says whether files hover over the page.
 */
export function useFileDrop(take: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false)
  useEffect(() => {
    // Every element under the pointer says enter and leave; only the balance counts.
    let depth = 0
    const leaveAll = () => {
      depth = 0
      setOver(false)
    }
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return
      depth += 1
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return
      depth = Math.max(0, depth - 1)
      if (!depth) setOver(false)
    }
    const move = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event) || event.defaultPrevented) return
      event.preventDefault()
      take([...(event.dataTransfer?.files ?? [])])
    }
    window.addEventListener('dragenter', enter)
    window.addEventListener('dragleave', leave)
    window.addEventListener('dragover', move)
    // A part of the page may keep the drop to itself; the veil goes away all the same.
    window.addEventListener('drop', leaveAll, true)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragenter', enter)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('dragover', move)
      window.removeEventListener('drop', leaveAll, true)
      window.removeEventListener('drop', drop)
    }
  }, [take])
  return over
}
