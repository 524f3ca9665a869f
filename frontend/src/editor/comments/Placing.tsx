/** Over the canvas while a comment is placed: a click says where, Enter takes the middle. */
import { type MouseEvent, useEffect, useRef } from 'react'
import { useSession } from '../session'
import css from './Comments.module.css'
import { showComments } from './show'
import { anchorAt } from './store'
import { texts } from './texts'

export function Placing() {
  const session = useSession()
  const box = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const before = document.activeElement
    box.current?.focus({ preventScroll: true })
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  const place = (event: MouseEvent) => {
    const edges = box.current?.getBoundingClientRect()
    if (!edges) return
    const middle = { x: edges.left + edges.width / 2, y: edges.top + edges.height / 2 }
    // A key presses without a place.
    const at = event.detail === 0 ? middle : { x: event.clientX, y: event.clientY }
    const draft = anchorAt(session, session.rf?.screenToFlowPosition(at) ?? at)
    showComments(session, { placing: false, draft, thread: null })
  }
  return (
    <>
      <button
        ref={box}
        type="button"
        className={css.placing}
        aria-label={texts.placeInTheMiddle}
        onClick={place}
        onKeyDown={event => {
          if (event.key !== 'Escape' && event.key.toLowerCase() !== 'c') return
          event.stopPropagation()
          event.preventDefault()
          showComments(session, { placing: false })
        }}
      />
      <p className={css.hint}>{texts.placeHint}</p>
    </>
  )
}
