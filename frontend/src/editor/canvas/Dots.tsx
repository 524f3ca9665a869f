/**
 * The dotted ground: rows of dots that are only moved and scaled, together. Rows, because of a pattern
 * over all of the canvas every pixel is computed in each frame, and most are empty. It must not become
 * a layer of its own: every card above it would become one too, to keep its letters sharp, and that
 * costs more than the dots.
 */
import { useStore, useStoreApi } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import css from './Canvas.module.css'

const GAP = 24 // px between dots at 100 %
/** Below this zoom the dots would be noise. */
const LEAST = 0.4

export function Dots() {
  const ref = useRef<HTMLDivElement>(null)
  const api = useStoreApi()
  const rows = useStore(({ height }) => Math.ceil(height / (GAP * LEAST)) + 2)
  const width = useStore(state => Math.ceil(state.width / LEAST) + 2 * GAP)
  useEffect(() => {
    const dots = ref.current
    if (!dots) return
    let step = Number.NaN
    const place = () => {
      const [x, y, zoom] = api.getState().transform
      const gap = GAP * zoom
      // Nearly one size at any zoom: it changes by steps, so that few zooms have the rows styled again.
      const now = Math.round(2 * Math.log2(zoom))
      if (now !== step) {
        step = now
        const middle = 2 ** (step / 2)
        const shown = Math.max(0, Math.min(1, (middle - LEAST) / 0.25))
        dots.style.setProperty('--dot', String(1 / middle))
        dots.style.setProperty('--shown', `${100 * shown}%`)
        dots.hidden = shown === 0
      }
      dots.style.transform = `translate(${(x % gap) - gap}px, ${(y % gap) - gap}px) scale(${zoom})`
    }
    place()
    return api.subscribe((now, before) => {
      if (now.transform !== before.transform) place()
    })
  }, [api])
  return (
    <div ref={ref} className={css.dots} style={{ width }} aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are alike
        <i key={row} />
      ))}
    </div>
  )
}
