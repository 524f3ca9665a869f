/**
 * The lasso: with Alt held, a free line drawn around cards selects them. Nothing is rendered for it;
 * a path follows the pointer.
 */
import type { Session } from '../session'

const SVG = 'http://www.w3.org/2000/svg'

interface Point {
  x: number
  y: number
}

/** Begin a lasso where the pointer went down. Says whether it did: on empty canvas, with Alt. */
export function startLasso(session: Session, event: PointerEvent): boolean {
  const target = event.target as Element
  const ground = target.closest<HTMLElement>('.react-flow')
  const onPane = target.classList.contains('react-flow__pane')
  if (!event.altKey || event.button !== 0 || !onPane || !ground) return false
  const { left, top } = ground.getBoundingClientRect()
  const points: Point[] = [{ x: event.clientX, y: event.clientY }]
  const drawing = document.createElementNS(SVG, 'svg')
  const path = document.createElementNS(SVG, 'path')
  drawing.dataset.lasso = ''
  drawing.append(path)
  ground.append(drawing)
  const follow = ({ clientX: x, clientY: y }: PointerEvent) => {
    points.push({ x, y })
    const line = points.map(point => `${point.x - left},${point.y - top}`).join('L')
    path.setAttribute('d', `M${line}Z`)
  }
  const done = () => {
    removeEventListener('pointermove', follow)
    removeEventListener('pointerup', done)
    drawing.remove()
    select(session, points)
    // The click that follows would take the selection away.
    const swallow = (click: MouseEvent) => click.stopPropagation()
    addEventListener('click', swallow, { capture: true, once: true })
    setTimeout(() => removeEventListener('click', swallow, true))
  }
  addEventListener('pointermove', follow)
  addEventListener('pointerup', done)
  return true
}

/** Select the cards whose middles are in a polygon of the window. */
function select(session: Session, points: readonly Point[]): void {
  const { rf, flow } = session
  if (!rf || points.length < 3) return
  const polygon = points.map(point => rf.screenToFlowPosition(point, { snapToGrid: false }))
  const { nodes } = flow.state.getState()
  const inside = nodes.filter(({ position, width = 0, height = 0 }) =>
    contains(polygon, { x: position.x + width / 2, y: position.y + height / 2 }),
  )
  flow.select(inside.map(node => node.id))
}

/** Whether a point is in a polygon: a ray from it crosses the edge an odd number of times. */
export function contains(polygon: readonly Point[], { x, y }: Point): boolean {
  let inside = false
  polygon.forEach((a, i) => {
    const b = polygon[(i || polygon.length) - 1] as Point
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside
  })
  return inside
}
