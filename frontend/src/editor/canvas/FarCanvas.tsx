/** The canvas that stands in for all cards while the view is far away. */
import { useStoreApi } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import type { CardNode } from '../flow/flow'
import { useSession } from '../session'
import css from './Canvas.module.css'
import { geometry, paint, readPalette } from './paint'

export function FarCanvas() {
  const ref = useRef<HTMLCanvasElement>(null)
  const { flow, runs, catalog } = useSession()
  const api = useStoreApi()

  useEffect(() => {
    const canvas = ref.current
    const g = canvas?.getContext('2d')
    if (!canvas || !g) return
    let frame = 0
    let colours = readPalette(canvas)
    let scene: ReturnType<typeof geometry> | null = null
    const typeOf = (node: CardNode) =>
      node.type === 'note' ? 'text' : catalog.colourType(node.data.type)
    const draw = () => {
      frame = 0
      const { transform, width, height } = api.getState()
      const ratio = Math.min(devicePixelRatio, 2)
      if (
        canvas.width !== Math.round(width * ratio) ||
        canvas.height !== Math.round(height * ratio)
      ) {
        canvas.width = Math.round(width * ratio)
        canvas.height = Math.round(height * ratio)
      }
      const { nodes, edges } = flow.state.getState()
      scene ??= geometry(nodes, edges, typeOf)
      const view = { x: transform[0], y: transform[1], zoom: transform[2] }
      paint(g, scene, view, { width, height, ratio }, colours, id => runs.shown(id))
    }
    const ask = () => {
      frame ||= requestAnimationFrame(draw)
    }
    const stops = [
      api.subscribe((now, before) => {
        if (
          now.transform !== before.transform ||
          now.width !== before.width ||
          now.height !== before.height
        )
          ask()
      }),
      flow.state.subscribe(() => {
        scene = null
        ask()
      }),
      runs.subscribe(ask),
    ]
    const theme = new MutationObserver(() => {
      colours = readPalette(canvas)
      ask()
    })
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    draw()
    return () => {
      for (const stop of stops) stop()
      theme.disconnect()
      cancelAnimationFrame(frame)
    }
  }, [api, flow, runs, catalog])

  return <canvas ref={ref} className={css.far} />
}
