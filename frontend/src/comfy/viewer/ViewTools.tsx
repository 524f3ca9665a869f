/** Zooming and fitting an open graph, by button and by key. */
import { useReactFlow, useStore } from '@xyflow/react'
import { Maximize, Minus, Plus } from 'lucide-react'
import { useCallback, useEffect } from 'react'
import tools from '../../ui/canvas/CanvasTools.module.css'
import { isTyping } from '../../ui/isTyping'
import { placing } from '../graph/paint'
import type { Scene } from '../graph/scene'
import { texts } from '../texts'

const QUICK = { duration: 120 }

export function ViewTools({ scene }: { scene: Scene }) {
  const rf = useReactFlow()
  const percent = useStore(state => Math.round(state.transform[2] * 100))
  const width = useStore(state => state.width)
  const height = useStore(state => state.height)
  const fit = useCallback(
    () => void rf.setViewport(placing(scene, width, height, 32), { duration: 240 }),
    [rf, scene, width, height],
  )
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'f' || event.key === 'F') fit()
      else if (event.key === '+' || event.key === '=') void rf.zoomIn(QUICK)
      else if (event.key === '-') void rf.zoomOut(QUICK)
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', keys)
    return () => window.removeEventListener('keydown', keys)
  }, [rf, fit])
  return (
    <div className={tools.tools} role="toolbar" aria-label={texts.viewOfTheGraph}>
      <button
        type="button"
        title={texts.zoomOutKey}
        aria-label={texts.zoomOut}
        onClick={() => void rf.zoomOut(QUICK)}
      >
        <Minus size={15} />
      </button>
      <button
        type="button"
        className={tools.level}
        title={texts.naturalSize}
        onClick={() => void rf.zoomTo(1, QUICK)}
      >
        {percent} %
      </button>
      <button
        type="button"
        title={texts.zoomInKey}
        aria-label={texts.zoomIn}
        onClick={() => void rf.zoomIn(QUICK)}
      >
        <Plus size={15} />
      </button>
      <button type="button" title={texts.zoomToFitF} aria-label={texts.zoomToFit} onClick={fit}>
        <Maximize size={14} />
      </button>
    </div>
  )
}
