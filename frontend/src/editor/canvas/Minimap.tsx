/** The whole graph small, with the view as a frame; painted once per change, click to go there. */
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
  const session = useSession()
  const { flow, runs } = session
  const api = useStoreApi()
  const map = useRef({ x: 0, y: 0, scale: 1 })
  const bounds = useRef({ x: 0, y: 0, width: 0, height: 0 })

  useEffect(() => {
    const canvas = ref.current
    const g = canvas?.getContext('2d')
    if (!canvas || !g) return
    const ratio = Math.min(devicePixelRatio, 2)
    canvas.width = WIDTH * ratio
    canvas.height = HEIGHT * ratio
    // The boxes change seldom, the frame with every move: paint them apart.
    const boxes = document.createElement('canvas')
    boxes.width = canvas.width
    boxes.height = canvas.height
    let frame = 0
    // Read once per theme: to read it in a frame has the page styled before its time.
    let color = getComputedStyle(canvas).color
    let timer: ReturnType<typeof setTimeout> | undefined

    const drawBoxes = () => {
      timer = undefined
      const b = boxes.getContext('2d')
      const { nodes } = flow.state.getState()
      const box = boundsOf(nodes)
      if (!b) return
      b.setTransform(ratio, 0, 0, ratio, 0, 0)
      b.clearRect(0, 0, WIDTH, HEIGHT)
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
          b.fillStyle = tones[runs.shown(node.id)] ?? plain
          b.globalAlpha = node.type === 'frame' ? 0.25 : 1
          const { x, y } = map.current
          b.fillRect(
            node.position.x * scale + x,
            node.position.y * scale + y,
            Math.max(1, (node.width ?? 0) * scale),
            Math.max(1, (node.height ?? 0) * scale),
          )
        }
      }
      ask()
    }
    const draw = () => {
      frame = 0
      const { transform, width, height } = api.getState()
      const { x, y, scale } = map.current
      g.setTransform(1, 0, 0, 1, 0, 0)
      g.clearRect(0, 0, canvas.width, canvas.height)
      g.drawImage(boxes, 0, 0)
      g.setTransform(ratio, 0, 0, ratio, 0, 0)
      g.strokeStyle = color
      g.lineWidth = 1.5
      const [tx, ty, zoom] = transform
      const left = Math.max(1, (-tx / zoom) * scale + x)
      const top = Math.max(1, (-ty / zoom) * scale + y)
      const right = Math.min(WIDTH - 1, ((width - tx) / zoom) * scale + x)
      const bottom = Math.min(HEIGHT - 1, ((height - ty) / zoom) * scale + y)
      // With everything in sight the map says nothing.
      const { x: bx, y: by, width: bw, height: bh } = bounds.current
      const whole =
        left <= bx * scale + x &&
        top <= by * scale + y &&
        right >= (bx + bw) * scale + x &&
        bottom >= (by + bh) * scale + y
      canvas.style.visibility = whole ? 'hidden' : 'visible'
      if (right > left && bottom > top) g.strokeRect(left, top, right - left, bottom - top)
    }
    const ask = () => {
      frame ||= requestAnimationFrame(draw)
    }
    const askBoxes = () => {
      timer ??= setTimeout(drawBoxes, 250)
    }
    drawBoxes()
    const theme = new MutationObserver(() => {
      color = getComputedStyle(canvas).color
      askBoxes()
    })
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    const stops = [
      flow.state.subscribe(askBoxes),
      runs.subscribe(askBoxes),
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

  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons !== 1 || !session.rf) return
    const rect = event.currentTarget.getBoundingClientRect()
    const { x, y, scale } = map.current
    void session.rf.setCenter(
      (event.clientX - rect.left - x) / scale,
      (event.clientY - rect.top - y) / scale,
      { zoom: session.rf.getZoom() },
    )
  }

  return (
    <canvas
      ref={ref}
      className={`${css.mini} nopan nowheel`}
      style={{ color: 'var(--accent)' }}
      onPointerDown={go}
      onPointerMove={go}
    />
  )
}
