/** The pins of open threads on the canvas: always of one size, where their node is. */
import { useStore as useFlow, ViewportPortal } from '@xyflow/react'
import { useStore } from 'zustand'
import type { Anchor } from '../../api/schema'
import { initials } from '../../ui/shell/initials'
import { useSession } from '../session'
import css from './Comments.module.css'
import { inkOf, nameOf, whereOf } from './names'
import { canComment, showComments } from './show'
import { commentsOf, placeOf } from './store'
import { texts } from './texts'
import { usePinMove } from './usePinMove'

/** px between pins of the same place */
const STEP = 14

export function Pins() {
  const session = useSession()
  const { threads, members } = useStore(commentsOf(session))
  const { thread: open, draft } = useStore(session.view, state => state.comments)
  // They follow what is dragged.
  useStore(session.flow.state, state => state.nodes)
  const zoom = useFlow(state => state.transform[2])
  const { drag, moved, handlers } = usePinMove()
  const taken = new Map<string, number>()
  const styleOf = (anchor: Anchor, id?: string) => {
    const home = placeOf(session, anchor)
    if (!home) return null
    const by = (drag?.id === id && drag?.by) || { x: 0, y: 0 }
    const place = { x: home.x + by.x, y: home.y + by.y }
    const key = `${Math.round(place.x / 8)} ${Math.round(place.y / 8)}`
    const before = taken.get(key) ?? 0
    taken.set(key, before + 1)
    const x = place.x + (before * STEP) / zoom
    return { transform: `translate(${x}px, ${place.y}px) scale(${1 / zoom})` }
  }
  const draftStyle = draft && styleOf(draft)
  return (
    <ViewportPortal>
      <div className={css.pins}>
        {threads.map(thread => {
          const style =
            (!thread.resolvedAt || thread.id === open) && styleOf(thread.anchor, thread.id)
          const first = thread.comments[0]
          if (!style || !first) return null
          const name = nameOf(first.author, members)
          return (
            <button
              key={thread.id}
              type="button"
              className={`nopan ${css.pin}`}
              style={{ ...style, '--ink': inkOf(first.author) } as object}
              data-thread={thread.id}
              data-unread={thread.unread > 0 || undefined}
              data-resolved={thread.resolvedAt !== null || undefined}
              aria-expanded={thread.id === open}
              aria-label={texts.pin(
                name,
                whereOf(session, thread.anchor, true),
                thread.comments.length - 1,
                thread.unread,
              )}
              title={canComment(session) ? texts.movePin : undefined}
              data-moving={(drag?.id === thread.id && drag.by !== null) || undefined}
              {...handlers(thread)}
              onClick={() => {
                if (moved.current) return
                showComments(session, {
                  thread: thread.id === open ? null : thread.id,
                  draft: null,
                  placing: false,
                })
              }}
              // Drawn by the style: as words it would have to be in the name.
              data-mark={thread.unread || initials(first.author?.name ?? texts.formerMember)}
            />
          )
        })}
        {draftStyle && (
          <span
            className={css.pin}
            style={{ ...draftStyle, '--ink': 'var(--accent)' } as object}
            aria-hidden
          />
        )}
      </div>
    </ViewportPortal>
  )
}
