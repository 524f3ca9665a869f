/** The canvas that replaces all cards while the view is far away. */
import { useStoreApi } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { MediaReference } from '../../api/schema'
import { resultOf } from '../../runs/results'
import type { CardNode } from '../flow/flow'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './Canvas.module.css'
import { geometry, paint, readPalette } from './paint'
import { Thumbnails } from './thumbnails'

export function FarCanvas() {
  const ref = useRef<HTMLCanvasElement>(null)
  const { flow, runs, runner, catalog } = useSession()
  const api = useStoreApi()
  const count = useStore(flow.state, state => state.nodes.length)

  useEffect(() => {
    const canvas = ref.current
    const g = canvas?.getContext('2d')
    if (!canvas || !g) return
    let frame = 0
    let colors = readPalette(canvas)
    let scene: ReturnType<typeof geometry> | null = null
    const typeOf = (node: CardNode) =>
      node.type === 'note' ? 'text' : catalog.colorType(node.data.type)
    const thumbnails = new Thumbnails(() => ask())
    const found = new WeakMap<object, MediaReference | null>() // by output: read in each frame
    const imageOf = (node: CardNode) => {
      const { output } = runs.node(node.id)
      if (!output) return null
      if (!found.has(output)) {
        found.set(output, resultOf(output, node.data.type?.preview).media[0] ?? null)
      }
      const media = found.get(output)
      return media ? thumbnails.of(media) : null
    }
    const stateOf = (id: string) =>
      runner.state.getState().problems.some(({ nodeId }) => nodeId === id)
        ? 'failed'
        : runs.shown(id)
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
      paint(g, scene, view, { width, height, ratio }, colors, stateOf, imageOf)
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
      runner.state.subscribe(ask),
    ]
    const theme = new MutationObserver(() => {
      colors = readPalette(canvas)
      ask()
    })
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    draw()
    return () => {
      for (const stop of stops) stop()
      theme.disconnect()
      cancelAnimationFrame(frame)
    }
  }, [api, flow, runs, runner, catalog])

  return <canvas ref={ref} className={css.far} role="img" aria-label={texts.nodesFarAway(count)} />
}
