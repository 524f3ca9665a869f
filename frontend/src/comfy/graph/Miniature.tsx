/** A graph painted small: its nodes, groups and links where they are. */

import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { JsonObject } from '../../api/document'
import type { ComfyView } from '../../api/schema'
import { viewQuery } from '../queries'
import css from './Miniature.module.css'
import { paintScene, placing, readInk } from './paint'
import { sceneOf } from './scene'

interface Props {
  graph: JsonObject
  /** Size on the page, px. */
  width: number
  height: number
}

export function Miniature({ graph, width, height }: Props) {
  const { data } = useQuery(viewQuery(graph))
  return (
    <span className={css.box} style={{ width, height }}>
      {data && <Painted view={data} width={width} height={height} />}
    </span>
  )
}

/** Sharp when the canvas around it is zoomed in a little. */
const RATIO = 2
const PAD = 6
/** A graph of three nodes must differ from one of thirty. */
const LARGEST = 0.3

function Painted({ view, width, height }: { view: ComfyView; width: number; height: number }) {
  const ref = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const canvas = ref.current
    const g = canvas?.getContext('2d')
    if (!canvas || !g) return
    const scene = sceneOf(view, view)
    const draw = () => {
      const size = { width, height, ratio: RATIO }
      const at = placing(scene, width, height, PAD, LARGEST)
      paintScene(g, scene, at, size, readInk(canvas), { titles: false })
    }
    draw()
    const theme = new MutationObserver(draw)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => theme.disconnect()
  }, [view, width, height])
  return (
    <canvas
      ref={ref}
      className={css.canvas}
      width={width * RATIO}
      height={height * RATIO}
      aria-hidden
    />
  )
}
