/** The corner of the canvas: add, zoom, fit. */
import { useStoreApi } from '@xyflow/react'
import { History, Images, ListTree, Maximize, MessageSquareText, Minus, Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import css from '../../ui/canvas/CanvasTools.module.css'
import { printed } from '../actions/action'
import { addNode } from '../actions/graph/addNode'
import { assets } from '../actions/view/assets'
import { comments } from '../actions/view/comment'
import { fitView } from '../actions/view/fitView'
import { history } from '../actions/view/history'
import { outline } from '../actions/view/outline'
import { zoomIn, zoomOut } from '../actions/view/zoom'
import { useSession } from '../session'
import { texts } from '../texts'

/** A greater number of unread comments is not counted out. */
const MOST_SHOWN = 99

/** How long after the view has moved its zoom is shown: in each frame it would be laid out again, ms. */
const SHOWN_MS = 100

export function CanvasTools() {
  const session = useSession()
  return (
    <>
      <div className={css.rail}>
        {session.store.canEdit && (
          <button
            type="button"
            className={css.add}
            title={texts.addANodeN}
            aria-label={texts.addANode}
            onClick={() => addNode.run(session)}
          >
            <Plus size={20} />
          </button>
        )}
        <button
          type="button"
          title={texts.outlineO}
          aria-label={texts.outline}
          onClick={() => outline.run(session)}
        >
          <ListTree size={18} />
        </button>
        <button
          type="button"
          title={texts.assetsI}
          aria-label={texts.assets}
          onClick={() => assets.run(session)}
        >
          <Images size={18} />
        </button>
        {comments.when?.(session) && <CommentsButton />}
        {history.when?.(session) && (
          <button
            type="button"
            title={`${texts.historyPanel} (${printed(history.shortcut)})`}
            aria-label={texts.historyPanel}
            onClick={() => history.run(session)}
          >
            <History size={18} />
          </button>
        )}
      </div>
      <div className={css.tools} role="toolbar" aria-label={texts.view}>
        <button
          type="button"
          title={texts.zoomOut}
          aria-label={texts.zoomOut}
          onClick={() => zoomOut.run(session)}
        >
          <Minus size={15} />
        </button>
        <ZoomLevel />
        <button
          type="button"
          title={texts.zoomIn}
          aria-label={texts.zoomIn}
          onClick={() => zoomIn.run(session)}
        >
          <Plus size={15} />
        </button>
        <button
          type="button"
          title={texts.zoomToFitF}
          aria-label={texts.zoomToFit}
          onClick={() => fitView.run(session)}
        >
          <Maximize size={14} />
        </button>
      </div>
    </>
  )
}

function CommentsButton() {
  const session = useSession()
  const unread = useStore(session.view, state => state.comments.unread)
  const name = unread ? `${texts.comments}, ${texts.unreadComments(unread)}` : texts.comments
  return (
    <button type="button" title={name} aria-label={name} onClick={() => comments.run(session)}>
      <MessageSquareText size={18} />
      {unread > 0 && (
        <span className={css.count} aria-hidden>
          {unread > MOST_SHOWN ? texts.moreThan(MOST_SHOWN) : unread}
        </span>
      )}
    </button>
  )
}

function ZoomLevel() {
  const session = useSession()
  const flow = useStoreApi()
  const [percent, setPercent] = useState(() => percentOf(flow.getState()))
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      timer = undefined
      setPercent(percentOf(flow.getState()))
    }
    show()
    const stop = flow.subscribe(() => {
      timer ??= setTimeout(show, SHOWN_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [flow])
  return (
    <button
      type="button"
      className={css.level}
      title={texts.naturalSize}
      onClick={() => void session.rf?.zoomTo(1, { duration: 120 })}
    >
      {percent} %
    </button>
  )
}

const percentOf = ({ transform }: { transform: [number, number, number] }) =>
  Math.round(transform[2] * 100)
