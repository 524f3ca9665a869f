/** A box on an image, to be moved and resized with the pointer and the keyboard; its fields follow. */

import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { type Media, mediaUrl } from '../../api/media'
import { ARROWS } from '../../lib/arrows'
import css from './BoxStage.module.css'
import {
  type Box,
  type Drag,
  dragged,
  type Grip,
  type Guide,
  type Size,
  snapped,
  WHOLE,
} from './geometry'
import { texts } from './texts'

interface Props {
  label: string
  media: Media
  image: Size
  box: Box
  /** What the box is in words: its place and size. */
  numbers: string
  grips: readonly Grip[]
  /** Width divided by height that it always keeps, or keeps while Shift is held. */
  ratio: number | null
  beyond: boolean
  /** Whether what is outside is dark: it will be cut off. */
  shade: boolean
  /** Whether the numbers are in the box, and there is room for a finger beside it. */
  labelled: boolean
  /** How far an arrow key moves, px. */
  step: Size
  /** Width of the image to load, px. */
  width: number
  /** A changed box; those of one `gesture` belong together. */
  onChange: (box: Box, gesture: string) => void
}

/** How near an edge is to what it snaps to, px of the screen. */
const NEAR = 6
const FAR = 10

interface Held {
  grip: Grip
  /** Where it began, px of the window, and how many px of the image one of those is. */
  x: number
  y: number
  scale: number
  box: Box
  gesture: string
}

let gestures = 0

export function BoxStage(props: Props) {
  const { label, media, image, box, numbers, grips, beyond, step, onChange } = props
  const fit = useRef<HTMLDivElement>(null)
  const held = useRef<Held | null>(null)
  const [guides, setGuides] = useState<readonly Guide[]>([])
  const [moving, setMoving] = useState(false)

  const change = (from: Box, drag: Drag, free: boolean, scale: number, gesture: string) => {
    const ratio = props.ratio ?? drag.ratio
    const way = { ...drag, ratio, beyond }
    let made = dragged(from, image, way)
    if (!free && !ratio) {
      const { dx, dy, guides } = snapped(made, image, drag.grip, NEAR * scale)
      made = dragged(from, image, { ...way, dx: drag.dx + dx, dy: drag.dy + dy })
      setGuides(guides)
    } else setGuides([])
    onChange(made, gesture)
  }
  const down = (event: PointerEvent, grip: Grip) => {
    const drawn = fit.current?.getBoundingClientRect()
    if (!drawn?.width || event.button !== 0 || !event.isPrimary) return
    event.stopPropagation()
    event.currentTarget.setPointerCapture(event.pointerId)
    const scale = image.width / drawn.width
    gestures += 1
    const { clientX: x, clientY: y } = event
    held.current = { grip, x, y, scale, box, gesture: `drag ${gestures}` }
    setMoving(true)
  }
  const move = (event: PointerEvent) => {
    const from = held.current
    if (!from || !event.isPrimary) return
    const dx = (event.clientX - from.x) * from.scale
    const dy = (event.clientY - from.y) * from.scale
    const ratio = event.shiftKey ? from.box.width / from.box.height : null
    change(from.box, { grip: from.grip, dx, dy, ratio }, event.altKey, from.scale, from.gesture)
  }
  const up = () => {
    held.current = null
    setMoving(false)
    setGuides([])
  }
  const keys = (event: KeyboardEvent, grip: Grip) => {
    const way = ARROWS[event.key]
    if (!way || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    event.stopPropagation()
    const far = event.shiftKey ? FAR : 1
    const [dx, dy] = [way[0] * far * step.width, way[1] * far * step.height]
    onChange(dragged(box, image, { grip, dx, dy, ratio: props.ratio, beyond }), 'keys')
  }
  const hold = (grip: Grip) => ({
    onPointerDown: (event: PointerEvent) => down(event, grip),
    onPointerMove: move,
    onPointerUp: up,
    onPointerCancel: up,
    onKeyDown: (event: KeyboardEvent) => keys(event, grip),
  })
  const at = (share: number) => `${share * 100}%`
  const place: CSSProperties = {
    left: at(box.x / image.width),
    top: at(box.y / image.height),
    width: at(box.width / image.width),
    height: at(box.height / image.height),
  }
  return (
    <div className={`${css.stage} nodrag nowheel nopan`} data-large={props.labelled || undefined}>
      <div
        ref={fit}
        className={css.fit}
        data-moving={moving || undefined}
        style={{ '--ratio': image.width / image.height } as CSSProperties}
      >
        <img src={mediaUrl(media, props.width)} alt="" draggable={false} />
        {props.shade && (
          <div className={css.clip}>
            <div className={css.shade} style={place} />
          </div>
        )}
        {guides.map(({ axis, at: line }) => (
          <i
            key={`${axis} ${line}`}
            className={css.guide}
            data-axis={axis}
            style={
              axis === 'x' ? { left: at(line / image.width) } : { top: at(line / image.height) }
            }
          />
        ))}
        {/* biome-ignore lint/a11y/useSemanticElements: a box on an image is no fieldset */}
        <div className={css.box} style={place} role="group" aria-label={label}>
          <button
            type="button"
            className={css.whole}
            data-autofocus
            data-thirds={props.shade || undefined}
            aria-label={texts.move(label, numbers)}
            {...hold(WHOLE)}
          />
          {grips.map(grip => (
            <button
              key={`${grip.x} ${grip.y}`}
              type="button"
              className={css.grip}
              data-x={grip.x}
              data-y={grip.y}
              aria-label={texts.grips[`${grip.x} ${grip.y}` as keyof typeof texts.grips]}
              {...hold(grip)}
            />
          ))}
          {props.labelled && (
            <span className={css.numbers} aria-hidden>
              {numbers}
            </span>
          )}
        </div>
      </div>
    </div>
  )
}
