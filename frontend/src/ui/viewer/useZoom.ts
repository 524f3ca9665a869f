/** Zoom and pan of a stage by wheel, drag and two fingers. */
import {
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react'
import {
  fitted,
  kept,
  type Point,
  panned,
  pinch,
  type Size,
  type View,
  wheelFactor,
  zoomedTo,
} from './zoom'

const START: View = { scale: 1, x: 0, y: 0 }
/** The nearest that a double click on a fitted image goes to. */
const CLOSER = 2

/** `parts` is how many images stand side by side in the stage. */
export function useZoom(
  box: RefObject<HTMLElement | null>,
  image: Size | null,
  parts: number,
  onSwipe: (dx: number) => boolean,
) {
  const [room, setRoom] = useState<Size>({ width: 0, height: 0 })
  /** Null: the whole image, whatever the size of the stage. */
  const [own, setOwn] = useState<View | null>(null)
  const stage = { width: room.width / parts, height: room.height }
  const whole = image && room.width ? fitted(image, stage) : START
  const view = own && image ? kept(own, image, stage) : whole
  const current = useRef({ view, image, stage, whole, parts })
  current.current = { view, image, stage, whole, parts }
  const fingers = useRef(new Map<number, Point>())
  const began = useRef<{ point: Point; swipes: boolean } | null>(null)

  const to = useCallback((scale: number, at: Point = { x: 0, y: 0 }) => {
    const { view, image, stage } = current.current
    if (image) setOwn(kept(zoomedTo(view, scale, at), image, stage))
  }, [])

  /** A point of the window, from the center of the image's part of the stage. */
  const place = useCallback(
    (element: HTMLElement, { clientX, clientY }: Pick<MouseEvent, 'clientX' | 'clientY'>) => {
      const area = element.getBoundingClientRect()
      const part = area.width / current.current.parts
      const left = area.left + Math.floor(Math.max(0, clientX - area.left) / part) * part
      return { x: clientX - left - part / 2, y: clientY - area.top - area.height / 2 }
    },
    [],
  )

  useEffect(() => {
    const element = box.current
    if (!element) return
    const measure = () => setRoom({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    // React's own listener could not keep the page from being zoomed.
    const wheel = (event: WheelEvent) => {
      event.preventDefault()
      to(current.current.view.scale * wheelFactor(event.deltaY), place(element, event))
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => {
      observer.disconnect()
      element.removeEventListener('wheel', wheel)
    }
  }, [box, to, place])

  const down = (event: ReactPointerEvent<HTMLElement>) => {
    if (event.button > 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const point = { x: event.clientX, y: event.clientY }
    fingers.current.set(event.pointerId, point)
    const alone = fingers.current.size === 1
    const isWhole = view.scale <= whole.scale * 1.01
    began.current = alone ? { point, swipes: event.pointerType === 'touch' && isWhole } : null
  }
  const move = (event: ReactPointerEvent<HTMLElement>) => {
    const before = fingers.current.get(event.pointerId)
    if (!before || !image) return
    const point = { x: event.clientX, y: event.clientY }
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1]
    fingers.current.set(event.pointerId, point)
    if (other) {
      const [was, is] = [pinch(before, other), pinch(point, other)]
      const at = place(event.currentTarget, { clientX: is.middle.x, clientY: is.middle.y })
      const next = zoomedTo(view, view.scale * (is.distance / Math.max(1, was.distance)), at)
      setOwn(
        kept(panned(next, is.middle.x - was.middle.x, is.middle.y - was.middle.y), image, stage),
      )
    } else if (!began.current?.swipes) {
      setOwn(kept(panned(view, point.x - before.x, point.y - before.y), image, stage))
    }
  }
  const up = (event: ReactPointerEvent<HTMLElement>) => {
    fingers.current.delete(event.pointerId)
    const start = began.current
    began.current = null
    if (start?.swipes && event.type === 'pointerup') onSwipe(event.clientX - start.point.x)
  }

  const pixels = () => to(1 / devicePixelRatio)
  const fit = () => setOwn(null)
  return {
    view,
    /** Pixels of the screen for each of the image, in percent. */
    percent: Math.round(view.scale * devicePixelRatio * 100),
    by: (factor: number) => to(view.scale * factor),
    fit,
    pixels,
    handlers: {
      onPointerDown: down,
      onPointerMove: move,
      onPointerUp: up,
      onPointerCancel: up,
      onDoubleClick: (event: React.MouseEvent<HTMLElement>) =>
        own
          ? fit()
          : to(
              Math.max(1 / devicePixelRatio, whole.scale * CLOSER),
              place(event.currentTarget, event),
            ),
    },
  }
}
