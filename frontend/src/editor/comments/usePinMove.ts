/** Moving a pin: by dragging it, or with Alt and the arrow keys; where it is let go it stays. */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import type { CommentThread } from '../../api/schema'
import { ARROWS } from '../../lib/arrows'
import { useSession } from '../session'
import { canComment } from './show'
import { anchorAt, move, placeOf } from './store'

/** px before a press becomes a drag, and what an arrow moves by; with Shift more. */
const SLOP = 4
const STEP = 8
const FAR = 40

interface Drag {
  id: string
  /** Where the pointer went down, on the page. */
  from: { x: number; y: number }
  /** How far it has come, on the canvas. */
  by: { x: number; y: number } | null
}

export function usePinMove() {
  const session = useSession()
  const [drag, setDrag] = useState<Drag | null>(null)
  /** A press that has moved a pin does not open it. */
  const moved = useRef(false)

  const put = (thread: CommentThread, by: { x: number; y: number }) => {
    const place = placeOf(session, thread.anchor)
    if (!place) return
    const to = { x: place.x + by.x, y: place.y + by.y }
    const { node, run, asset } = thread.anchor
    const home = node && (run || asset) ? placeOf(session, { node, x: 0, y: 0 }) : null
    // What is about a result stays at its node.
    const anchor = home ? { x: to.x - home.x, y: to.y - home.y, node } : anchorAt(session, to)
    void move(session, thread, { x: anchor.x, y: anchor.y, node: anchor.node ?? null })
  }
  const handlers = (thread: CommentThread) => {
    if (!canComment(session)) return {}
    const { id } = thread
    return {
      onPointerDown: (event: PointerEvent) => {
        moved.current = false
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        setDrag({ id, from: { x: event.clientX, y: event.clientY }, by: null })
      },
      onPointerMove: (event: PointerEvent) => {
        if (drag?.id !== id) return
        const [x, y] = [event.clientX - drag.from.x, event.clientY - drag.from.y]
        if (!drag.by && Math.hypot(x, y) < SLOP) return
        moved.current = true
        const zoom = session.rf?.getZoom() ?? 1
        setDrag({ ...drag, by: { x: x / zoom, y: y / zoom } })
      },
      onPointerUp: () => {
        if (drag?.id === id && drag.by) put(thread, drag.by)
        setDrag(null)
      },
      onPointerCancel: () => setDrag(null),
      onKeyDown: (event: KeyboardEvent) => {
        const arrow = ARROWS[event.key]
        if (!arrow || !event.altKey || event.ctrlKey || event.metaKey) return
        event.preventDefault()
        event.stopPropagation()
        const step = event.shiftKey ? FAR : STEP
        put(thread, { x: arrow[0] * step, y: arrow[1] * step })
      },
    }
  }
  return { drag, moved, handlers }
}
