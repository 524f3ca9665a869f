/**
 * The dotted ground: one element that is only moved. It must not become a layer of its own: every
 * card above it would become one too, to keep its letters sharp, and that costs more than the dots.
 */
import { useStoreApi } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import css from './Canvas.module.css'

const GAP = 24 // px between dots at 100 %

export function Dots() {
  const ref = useRef<HTMLDivElement>(null)
  const api = useStoreApi()
  useEffect(() => {
    const dots = ref.current
    if (!dots) return
    let zoomed = 0
    const place = () => {
      const [x, y, zoom] = api.getState().transform
      const gap = GAP * zoom
      if (zoom !== zoomed) {
        zoomed = zoom
        dots.style.backgroundSize = `${gap}px ${gap}px`
        dots.style.inset = `${-gap}px`
        // Below 40 % the dots would be noise.
        const shown = Math.max(0, Math.min(1, (zoom - 0.4) / 0.25))
        dots.style.setProperty('--shown', `${100 * shown}%`)
        dots.hidden = shown === 0
      }
      dots.style.transform = `translate(${x % gap}px, ${y % gap}px)`
    }
    place()
    return api.subscribe((now, before) => {
      if (now.transform !== before.transform) place()
    })
  }, [api])
  return <div ref={ref} className={css.dots} aria-hidden="true" />
}
