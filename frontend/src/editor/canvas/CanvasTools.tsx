/** The corner of the canvas: add, zoom, fit. */
import { useStore as useFlowStore } from '@xyflow/react'
import { ListTree, Maximize, Minus, Plus } from 'lucide-react'
import css from '../../ui/canvas/CanvasTools.module.css'
import { addNode } from '../actions/graph/addNode'
import { fitView } from '../actions/view/fitView'
import { outline } from '../actions/view/outline'
import { zoomIn, zoomOut } from '../actions/view/zoom'
import { useSession } from '../session'
import { texts } from '../texts'

export function CanvasTools() {
  const session = useSession()
  return (
    <>
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
        className={css.outline}
        title={texts.outlineO}
        aria-label={texts.outline}
        onClick={() => outline.run(session)}
      >
        <ListTree size={18} />
      </button>
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

function ZoomLevel() {
  const session = useSession()
  const percent = useFlowStore(state => Math.round(state.transform[2] * 100))
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
