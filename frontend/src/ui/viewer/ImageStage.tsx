/** An image on the viewer's stage: zoom, pan, and one or two images by slider, beside or as difference. */
import { Minus, Plus } from 'lucide-react'
import { type CSSProperties, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { Button } from '../controls/Button'
import { CompareTools, type Mode } from './CompareTools'
import css from './ImageStage.module.css'
import { kindOf } from './kind'
import { Layer } from './Layer'
import type { ViewerItem } from './open'
import { texts } from './texts'
import { useStageKeys } from './useStageKeys'
import { useZoom } from './useZoom'
import { type Size, STEP } from './zoom'

interface Props {
  items: readonly ViewerItem[]
  item: ViewerItem
  /** What it is compared with from the start. */
  beside: ViewerItem | undefined
  tools: HTMLElement | null
  /** Return whether the stage was swiped far enough. */
  onSwipe: (dx: number) => boolean
}

const DIVIDER_STEP = 5 // percent

export function ImageStage({ items, item, beside, tools, onSwipe }: Props) {
  const box = useRef<HTMLElement>(null)
  const [other, setOther] = useState<ViewerItem | null>(beside ?? null)
  const [mode, setMode] = useState<Mode>(beside ? 'slider' : 'one')
  const [divider, setDivider] = useState(50)
  const [natural, setNatural] = useState<{ item: ViewerItem; size: Size } | null>(null)
  const declared = sizeOf(item)
  const size = natural?.item === item ? natural.size : declared
  const shown = other === item ? 'one' : other ? mode : 'one'
  const zoom = useZoom(box, size, shown === 'sides' ? 2 : 1, onSwipe)
  const { view } = zoom

  const compare = (next: ViewerItem | null) => {
    setOther(next)
    if (next && mode === 'one') setMode('slider')
  }
  const move = (step: number) => setDivider(Math.max(0, Math.min(100, divider + step)))
  useStageKeys(box, event => {
    if (event.shiftKey && shown === 'slider' && event.key.startsWith('Arrow')) {
      move(event.key === 'ArrowLeft' ? -DIVIDER_STEP : DIVIDER_STEP)
      return true
    }
    if (event.key === '+' || event.key === '=') zoom.by(STEP)
    else if (event.key === '-') zoom.by(1 / STEP)
    else if (event.key === '0') zoom.fit()
    else if (event.key === '1') zoom.pixels()
    else return false
    return true
  })
  // Another image begins with its whole.
  const last = useRef(item)
  useLayoutEffect(() => {
    if (last.current === item) return
    const before = sizeOf(last.current)
    last.current = item
    const same = before?.width === declared?.width && before?.height === declared?.height
    if (!same || !declared) zoom.fit()
  })

  const others = items.filter(one => one !== item && kindOf(one) === 'image')
  if (item.before && kindOf(item.before) === 'image') others.unshift(item.before)
  const frame = size
    ? ({
        width: size.width,
        height: size.height,
        translate: `calc(${view.x}px - 50%) calc(${view.y}px - 50%)`,
        scale: view.scale,
      } satisfies CSSProperties)
    : undefined
  const layer = (one: ViewerItem) => (
    <Layer
      key={one === item ? 'shown' : 'other'}
      item={one}
      frame={frame}
      near={zoom.percent >= 300}
      onSize={one === item ? found => setNatural({ item, size: found }) : undefined}
    />
  )

  return (
    <>
      {tools &&
        createPortal(
          <>
            <CompareTools
              item={item}
              others={others}
              other={other === item ? null : other}
              mode={shown}
              onCompare={compare}
              onMode={setMode}
            />
            {/* biome-ignore lint/a11y/useSemanticElements: a group of tools, no form */}
            <div className={css.zoom} role="group" aria-label={texts.zoom}>
              <Button
                tone="ghost"
                label={texts.zoomOut}
                icon={<Minus size={15} />}
                onClick={() => zoom.by(1 / STEP)}
              />
              <output>{texts.percent(zoom.percent)}</output>
              <Button
                tone="ghost"
                label={texts.zoomIn}
                icon={<Plus size={15} />}
                onClick={() => zoom.by(STEP)}
              />
              <Button tone="ghost" title={texts.fitHelp} onClick={zoom.fit}>
                {texts.fit}
              </Button>
              <Button tone="ghost" title={texts.pixelsHelp} onClick={zoom.pixels}>
                {texts.pixels}
              </Button>
            </div>
          </>,
          tools,
        )}
      <section
        ref={box}
        className={css.stage}
        data-stage
        data-mode={shown}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard zooms and pans it
        tabIndex={0}
        aria-label={texts.stage}
        {...zoom.handlers}
      >
        {shown === 'one' && layer(item)}
        {shown === 'sides' && other && (
          <>
            <div className={css.half}>
              {layer(other)}
              <b>{other.title}</b>
            </div>
            <div className={css.half}>
              {layer(item)}
              <b>{item.title}</b>
            </div>
          </>
        )}
        {shown === 'difference' && other && (
          <div
            className={css.difference}
            role="img"
            aria-label={texts.differenceOf(item.title, other.title)}
          >
            {layer(other)}
            {layer(item)}
          </div>
        )}
        {shown === 'slider' && other && (
          <>
            <div className={css.cut} style={{ clipPath: `inset(0 ${100 - divider}% 0 0)` }}>
              {layer(other)}
            </div>
            <div className={css.cut} style={{ clipPath: `inset(0 0 0 ${divider}%)` }}>
              {layer(item)}
            </div>
            <b className={css.left}>{other.title}</b>
            <b className={css.right}>{item.title}</b>
            <Divider box={box} at={divider} onMove={setDivider} onStep={move} />
          </>
        )}
      </section>
    </>
  )
}

function sizeOf({ media }: ViewerItem): Size | null {
  return media?.width && media.height ? { width: media.width, height: media.height } : null
}

interface DividerProps {
  box: { current: HTMLElement | null }
  at: number
  onMove: (percent: number) => void
  onStep: (step: number) => void
}

function Divider({ box, at, onMove, onStep }: DividerProps) {
  const follow = (x: number) => {
    const area = box.current?.getBoundingClientRect()
    if (area) onMove(Math.max(0, Math.min(100, ((x - area.left) / area.width) * 100)))
  }
  return (
    <div
      role="slider"
      tabIndex={0}
      className={css.divider}
      style={{ left: `${at}%` }}
      aria-label={texts.divider}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at)}
      aria-valuetext={texts.dividerAt(Math.round(at))}
      onPointerDown={event => {
        event.stopPropagation()
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={event => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) follow(event.clientX)
      }}
      onKeyDown={event => {
        const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
        if (!step || event.shiftKey) return
        event.preventDefault()
        onStep(step * DIVIDER_STEP)
      }}
    >
      <i />
    </div>
  )
}
