/**
 * The whole graph small, with the view as a frame over it; click to go there. The graph is painted
 * once per change, the frame is an element that moves: moving the view paints nothing here.
 */
import { useStoreApi } from '@xyflow/react'
import { type PointerEvent, useEffect, useRef } from 'react'
import { boundsOf } from '../../ui/canvas/detail'
import { useSession } from '../session'
import css from './Canvas.module.css'

const WIDTH = 168
const HEIGHT = 104
const PAD = 8

export function Minimap() {
  const ref = useRef<HTMLCanvasElement>(null)
  const sight = useRef<HTMLDivElement>(null)
  const session = useSession()
  const { flow, runs } = session
  const api = useStoreApi()
  const map = useRef({ x: 0, y: 0, scale: 1 })
  const bounds = useRef({ x: 0, y: 0, width: 0, height: 0 })

  useEffect(() => {
    const canvas = ref.current
    const place = canvas?.parentElement
    const g = canvas?.getContext('2d')
    if (!canvas || !g || !place) return
    const ratio = Math.min(devicePixelRatio, 2)
    canvas.width = WIDTH * ratio
    canvas.height = HEIGHT * ratio
    let frame = 0
    let timer: ReturnType<typeof setTimeout> | undefined

    const draw = () => {
      timer = undefined
      const { nodes } = flow.state.getState()
      const box = boundsOf(nodes)
      g.setTransform(ratio, 0, 0, ratio, 0, 0)
      g.clearRect(0, 0, WIDTH, HEIGHT)
      if (box) {
        bounds.current = box
        const scale = Math.min((WIDTH - 2 * PAD) / box.width, (HEIGHT - 2 * PAD) / box.height, 0.12)
        map.current = {
          x: WIDTH / 2 - (box.x + box.width / 2) * scale,
          y: HEIGHT / 2 - (box.y + box.height / 2) * scale,
          scale,
        }
        const style = getComputedStyle(canvas)
        const plain = style.getPropertyValue('--line-strong')
        const tones: Record<string, string> = {
          running: style.getPropertyValue('--accent'),
          failed: style.getPropertyValue('--bad'),
          outdated: style.getPropertyValue('--warn'),
          done: style.getPropertyValue('--ok'),
          cached: style.getPropertyValue('--ok'),
        }
        // Frames first and faint: what is in them shows.
        const frames = nodes.filter(node => node.type === 'frame')
        const order = frames.length ? [...frames, ...nodes.filter(n => n.type !== 'frame')] : nodes
        for (const node of order) {
          g.fillStyle = tones[runs.shown(node.id)] ?? plain
          g.globalAlpha = node.type === 'frame' ? 0.25 : 1
          const { x, y } = map.current
          g.fillRect(
            node.position.x * scale + x,
            node.position.y * scale + y,
            Math.max(1, (node.width ?? 0) * scale),
            Math.max(1, (node.height ?? 0) * scale),
          )
        }
      }
      ask()
    }
    const move = () => {
      frame = 0
      const { transform, width, height } = api.getState()
      const { x, y, scale } = map.current
      const [tx, ty, zoom] = transform
      const left = Math.max(0, (-tx / zoom) * scale + x)
      const top = Math.max(0, (-ty / zoom) * scale + y)
      const right = Math.min(WIDTH, ((width - tx) / zoom) * scale + x)
      const bottom = Math.min(HEIGHT, ((height - ty) / zoom) * scale + y)
      // With everything in sight the map says nothing.
      const { x: bx, y: by, width: bw, height: bh } = bounds.current
      const whole =
        left <= bx * scale + x &&
        top <= by * scale + y &&
        right >= (bx + bw) * scale + x &&
        bottom >= (by + bh) * scale + y
      toggle(place, !whole)
      const box = sight.current
      if (whole || !box) return
      toggle(box, right > left && bottom > top)
      box.style.transform = `translate(${left}px, ${top}px)`
      box.style.width = `${right - left}px`
      box.style.height = `${bottom - top}px`
    }
    const ask = () => {
      frame ||= requestAnimationFrame(move)
    }
    const askAll = () => {
      timer ??= setTimeout(draw, 250)
    }
    draw()
    const theme = new MutationObserver(askAll)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    const stops = [
      flow.state.subscribe(askAll),
      runs.subscribe(askAll),
      api.subscribe((now, before) => {
        if (now.transform !== before.transform || now.width !== before.width) ask()
      }),
    ]
    return () => {
      for (const stop of stops) stop()
      theme.disconnect()
      clearTimeout(timer)
      cancelAnimationFrame(frame)
    }
  }, [api, flow, runs])

  const go = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1 || !session.rf) return
    const rect = event.currentTarget.getBoundingClientRect()
    const { x, y, scale } = map.current
    void session.rf.setCenter(
      (event.clientX - rect.left - x) / scale,
      (event.clientY - rect.top - y) / scale,
      { zoom: session.rf.getZoom() },
    )
  }

  // A shortcut for the mouse: keys and screen readers have the outline and "Find".
  return (
    <div
      className={`${css.mini} nopan nowheel`}
      aria-hidden="true"
      onPointerDown={go}
      onPointerMove={go}
    >
      <canvas ref={ref} />
      <div ref={sight} className={css.sight} />
    </div>
  )
}

function toggle(element: HTMLElement, shown: boolean): void {
  const value = shown ? '' : 'hidden'
  if (element.style.visibility !== value) element.style.visibility = value
}
