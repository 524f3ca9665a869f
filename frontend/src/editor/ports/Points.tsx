/** The points of a connection, to drag and to move by keys; between them, where it is open, new ones. */

import type { KeyboardEvent, PointerEvent } from 'react'
import { useRef } from 'react'
import type { DocumentEdge } from '../../api/document'
import type { Point } from '../../document/points'
import { ARROWS } from '../../lib/arrows'
import { snap } from '../edits/commands'
import { leadThrough, showThrough } from '../edits/points'
import { along, type Cubic } from '../flow/route'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './Points.module.css'

const STEP = 8 // px
const FAR = 10

interface Props {
  edge: DocumentEdge
  curves: readonly Cubic[]
  /** Whether new points are offered. */
  open: boolean | undefined
}

/** A point that is held, among those it is moved with. */
interface Held {
  index: number
  /** The points before it was taken. */
  before: readonly Point[]
  /** Those with the held one, which may be new. */
  points: readonly Point[]
  moved: boolean
}

export function Points({ edge: { id }, curves, open }: Props) {
  const session = useSession()
  const held = useRef<Held | null>(null)
  const points = curves.slice(1).map(([start]) => start)
  const { canEdit } = session.store

  const take = (event: PointerEvent, index: number, taken: readonly Point[]) => {
    if (event.button !== 0 || !canEdit) return
    event.stopPropagation()
    event.currentTarget.setPointerCapture(event.pointerId)
    held.current = { index, before: points, points: taken, moved: false }
  }
  const move = (event: PointerEvent) => {
    const now = held.current
    const at = session.rf?.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    if (!now || !at) return
    const point = { x: snap(at.x), y: snap(at.y) }
    held.current = { ...now, points: now.points.with(now.index, point), moved: true }
    showThrough(session, id, held.current.points)
  }
  const drop = () => {
    const now = held.current
    held.current = null
    if (!now?.moved) return
    const isNew = now.points.length > now.before.length
    const label = isNew ? texts.addAPoint : texts.moveAPoint
    leadThrough(session, id, now.points, { label })
  }
  const cancel = () => {
    const now = held.current
    held.current = null
    if (now) showThrough(session, id, now.before)
  }
  const remove = (index: number) =>
    leadThrough(session, id, points.toSpliced(index, 1), { label: texts.removeAPoint })
  const keys = (event: KeyboardEvent, index: number) => {
    const way = ARROWS[event.key]
    const gone = event.key === 'Delete' || event.key === 'Backspace'
    const point = points[index]
    if (!(way || gone) || !point || !canEdit || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    event.stopPropagation()
    if (!way) {
      remove(index)
      return
    }
    const by = STEP * (event.shiftKey ? FAR : 1)
    const to = { x: point.x + way[0] * by, y: point.y + way[1] * by }
    leadThrough(session, id, points.with(index, to), {
      label: texts.moveAPoint,
      group: `point ${id} ${index}`,
    })
  }
  const hold = { onPointerMove: move, onPointerUp: drop, onPointerCancel: cancel }

  return (
    <>
      {open &&
        canEdit &&
        curves.map((curve, index) => {
          const { x, y } = along(curve, 0.5)
          return (
            <g
              // biome-ignore lint/suspicious/noArrayIndexKey: a stretch is its place in the connection
              key={`new ${index}`}
              className={`${css.new} nopan nodrag`}
              transform={`translate(${x} ${y})`}
              onPointerDown={event =>
                take(event, index, points.toSpliced(index, 0, { x: snap(x), y: snap(y) }))
              }
              {...hold}
            >
              <title>{texts.dragToAddAPoint}</title>
              <circle r={12} className={css.reach} />
              <circle r={4} className={css.dot} />
            </g>
          )
        })}
      {points.map(({ x, y }, index) => (
        // biome-ignore lint/a11y/useSemanticElements: there are no buttons in a drawing
        <g
          // biome-ignore lint/suspicious/noArrayIndexKey: a point is its place in the connection
          key={`point ${index}`}
          role="button"
          tabIndex={canEdit ? 0 : undefined}
          aria-label={texts.pointOf(index + 1, points.length)}
          className={`${css.point} nopan nodrag`}
          transform={`translate(${x} ${y})`}
          onPointerDown={event => take(event, index, points)}
          onDoubleClick={event => {
            event.stopPropagation()
            if (canEdit) remove(index)
          }}
          onKeyDown={event => keys(event, index)}
          {...hold}
        >
          <circle r={12} className={css.reach} />
          <circle r={5} className={css.dot} />
        </g>
      ))}
    </>
  )
}
