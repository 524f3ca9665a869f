/** Putting waiting runs in order: by dragging a handle, with mouse or finger, or by its arrow keys. */
import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import type { QueuedRun } from '../../api/schema'
import { neighbor } from './order'

export interface Dragging {
  /** The run that is dragged. */
  id: string | null
  /** The run it would come behind; null: to the front; undefined: nowhere yet. */
  after: string | null | undefined
  handle(id: string): {
    onPointerDown(event: PointerEvent): void
    onPointerMove(event: PointerEvent): void
    onPointerUp(event: PointerEvent): void
    onPointerCancel(): void
    onKeyDown(event: KeyboardEvent): void
  }
}

/** Marks the rows, which say so in `data-run`. */
const ROW = 'data-run'

export function useDragging(
  own: readonly QueuedRun[],
  onMove: (id: string, after: string | null) => void,
): Dragging {
  const [id, setId] = useState<string | null>(null)
  const [after, setAfter] = useState<string | null | undefined>(undefined)
  const end = () => {
    setId(null)
    setAfter(undefined)
  }
  return {
    id,
    after,
    handle: run => ({
      onPointerDown: event => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        setId(run)
      },
      onPointerMove: event => {
        if (id === run) setAfter(behind(own, run, event.clientY))
      },
      onPointerUp: () => {
        if (id === run && after !== undefined) onMove(run, after)
        end()
      },
      onPointerCancel: end,
      onKeyDown: event => {
        if (event.key === 'Escape') end()
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
        event.preventDefault()
        const next = neighbor(own, run, event.key === 'ArrowUp')
        if (next !== undefined) onMove(run, next)
      },
    }),
  }
}

/** The last run whose middle is above the pointer; undefined where the dragged one is already. */
function behind(own: readonly QueuedRun[], id: string, y: number): string | null | undefined {
  let found: string | null = null
  for (const row of own) {
    if (row.executionId === id) continue
    const box = document.querySelector(`[${ROW}="${row.executionId}"]`)?.getBoundingClientRect()
    if (box && box.top + box.height / 2 < y) found = row.executionId
  }
  const at = own.findIndex(row => row.executionId === id)
  return found === (own[at - 1]?.executionId ?? null) ? undefined : found
}
