/** Curves of tones: points on a plot, by hand or by keys, for all channels or for one. */
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { mediaUrl } from '../../api/media'
import { useRadios } from '../controls/useRadios'
import { texts } from '../texts'
import { AddRemove } from './AddRemove'
import css from './CurveField.module.css'
import {
  addBeside,
  addPoint,
  CHANNELS,
  type Channel,
  type Curves,
  FEWEST_POINTS,
  type Histogram,
  histogramOf,
  isStraight,
  MOST_POINTS,
  movePoint,
  type Point,
  readCurves,
  removePoint,
  TOP,
  tones,
  writeCurves,
} from './curve'
import fields from './fields.module.css'
import { JsonField } from './JsonField'
import { Reset } from './Reset'
import type { FieldProps } from './spec'

/** A small copy of the image is enough to count its tones, px. */
const COUNTED_WIDTH = 160
const SAMPLES = Array.from({ length: 86 }, (_, at) => at * 3)

export function CurveField(props: FieldProps) {
  const { spec, value, onChange, disabled, compact, id, image } = props
  const [channel, setChannel] = useState<Channel>('all')
  const curves = useMemo(() => readCurves(value), [value])
  const histogram = useHistogram(image ? mediaUrl(image, COUNTED_WIDTH) : null)
  // What is written otherwise, by hand or by a program, is shown as it is.
  if (!curves) return <JsonField {...props} />
  const set = (points: readonly Point[]) => onChange(writeCurves({ ...curves, [channel]: points }))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would have a legend beside the label
    <div
      role="group"
      aria-label={spec.label}
      className={css.curve}
      data-compact={compact || undefined}
    >
      <Plot
        key={channel}
        id={id}
        channel={channel}
        curves={curves}
        histogram={histogram}
        disabled={disabled === true}
        compact={compact === true}
        reset={<Reset {...props} />}
        onChange={set}
      >
        <Channels shown={channel} curves={curves} onShow={setChannel} />
      </Plot>
    </div>
  )
}

function Channels({
  shown,
  curves,
  onShow,
}: {
  shown: Channel
  curves: Curves
  onShow: (channel: Channel) => void
}) {
  const { group, reached } = useRadios(CHANNELS, shown, onShow)
  return (
    <div {...group} className={fields.pills} role="radiogroup" aria-label={texts.channel}>
      {CHANNELS.map(channel => (
        // biome-ignore lint/a11y/useSemanticElements: a radio drawn as a button is a radio to all
        <button
          key={channel}
          type="button"
          role="radio"
          className="nodrag"
          aria-checked={channel === shown}
          tabIndex={channel === reached ? 0 : -1}
          onClick={() => onShow(channel)}
        >
          {texts.channels[channel]}
          {!isStraight(curves[channel]) && (
            <i className={css.changed} data-channel={channel} title={texts.changed} />
          )}
        </button>
      ))}
    </div>
  )
}

interface PlotProps {
  id: string | undefined
  channel: Channel
  curves: Curves
  histogram: Histogram | null
  disabled: boolean
  /** Whether it is on a card, where there is room for the plot alone. */
  compact: boolean
  reset: ReactNode
  /** What is between the plot and its buttons. */
  children: ReactNode
  onChange: (points: readonly Point[]) => void
}

function Plot(props: PlotProps) {
  const { id, channel, curves, histogram, disabled, onChange } = props
  const area = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<number | null>(null)
  // The buttons are for the point that has had the focus last.
  const [chosen, setChosen] = useState<number | null>(null)
  const points = curves[channel]
  // A point that has just been made is not there before the next render.
  const wanted = useRef<number | null>(null)
  useEffect(() => {
    if (wanted.current === null) return
    area.current?.querySelectorAll<HTMLElement>('[role=slider]')[wanted.current]?.focus()
    wanted.current = null
  })
  const put = (changed: readonly Point[] | null, at: number) => {
    if (!changed || disabled) return
    wanted.current = Math.min(at, changed.length - 1)
    onChange(changed)
  }
  const place = (event: MouseEvent): Point => {
    const box = area.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1)
    return [
      ((event.clientX - box.x) / box.width) * TOP,
      (1 - (event.clientY - box.y) / box.height) * TOP,
    ]
  }
  const add = (at: number) => {
    const added = addBeside(points, at)
    if (added) put(added.points, added.at)
  }
  const remove = (at: number) => put(removePoint(points, at), at)
  const others = CHANNELS.filter(other => other !== channel && !isStraight(curves[other]))
  const shown = active === null ? undefined : points[active]
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter on a point adds one as well */}
      <div
        className={`${css.plot} nodrag nopan`}
        data-channel={channel}
        data-disabled={disabled || undefined}
        onDoubleClick={event => {
          event.stopPropagation()
          const added = addPoint(points, ...place(event))
          if (added) put(added.points, added.at)
        }}
      >
        <div ref={area} className={css.area}>
          <svg viewBox={`0 0 ${TOP} ${TOP}`} preserveAspectRatio="none" aria-hidden="true">
            {histogram && <path className={css.histogram} d={shapeOf(histogram[channel])} />}
            <path className={css.grid} d={GRID} />
            <path className={css.straight} d={`M0 ${TOP}L${TOP} 0`} />
            {others.map(other => (
              <path
                key={other}
                className={css.other}
                data-channel={other}
                d={lineOf(curves[other])}
              />
            ))}
            <path className={css.line} d={lineOf(points)} />
          </svg>
          {points.map((point, at) => (
            <Handle
              // biome-ignore lint/suspicious/noArrayIndexKey: points have no identity but their place
              key={at}
              id={at === 0 ? id : undefined}
              name={texts.pointOf(at + 1, texts.channels[channel])}
              point={point}
              disabled={disabled}
              place={place}
              onMove={(x, y) => {
                const moved = movePoint(points, at, x, y)
                if (!disabled && String(moved[at]) !== String(point)) onChange(moved)
              }}
              chosen={at === chosen}
              onAdd={() => add(at)}
              onRemove={() => remove(at)}
              onActive={isActive => {
                setActive(isActive ? at : null)
                if (isActive) setChosen(at)
              }}
            />
          ))}
        </div>
        {shown && <output className={css.tone}>{texts.toneBecomes(...shown)}</output>}
      </div>
      {props.children}
      {!props.compact && (
        <div className={css.row}>
          <AddRemove
            words={texts.points}
            canAdd={!disabled && points.length < MOST_POINTS}
            canRemove={!disabled && chosen !== null && points.length > FEWEST_POINTS}
            onAdd={() => add(chosen ?? 0)}
            onRemove={() => remove(chosen ?? 0)}
          />
          {props.reset}
        </div>
      )}
    </>
  )
}

interface HandleProps {
  id: string | undefined
  name: string
  point: Point
  disabled: boolean
  chosen: boolean
  place: (event: MouseEvent) => Point
  onMove: (x: number, y: number) => void
  onAdd: () => void
  onRemove: () => void
  onActive: (isActive: boolean) => void
}

/** A point: dragged, moved by arrow keys, removed by a double click or Delete. */
function Handle({ id, name, point, disabled, chosen, place, ...on }: HandleProps) {
  const grip = useRef<Point | null>(null)
  const [x, y] = point
  const down = (event: PointerEvent<HTMLElement>) => {
    if (disabled || event.button !== 0) return
    event.stopPropagation()
    const [left, low] = place(event)
    grip.current = [left - x, low - y]
    event.currentTarget.setPointerCapture(event.pointerId)
    event.currentTarget.focus()
  }
  const move = (event: PointerEvent<HTMLElement>) => {
    if (!grip.current) return
    const [left, low] = place(event)
    on.onMove(left - grip.current[0], low - grip.current[1])
  }
  const keys = (event: KeyboardEvent) => {
    const way = WAYS[event.key]
    const step = event.shiftKey ? 10 : 1
    if (way) on.onMove(x + way[0] * step, y + way[1] * step)
    else if (event.key === 'Delete' || event.key === 'Backspace') on.onRemove()
    else if (event.key === 'Enter' || event.key === 'Insert') on.onAdd()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      id={id}
      role="slider"
      tabIndex={0}
      className={css.point}
      data-chosen={chosen || undefined}
      aria-label={name}
      aria-disabled={disabled || undefined}
      aria-valuemin={0}
      aria-valuemax={TOP}
      aria-valuenow={y}
      aria-valuetext={texts.toneBecomes(x, y)}
      style={{ left: `${(x / TOP) * 100}%`, bottom: `${(y / TOP) * 100}%` }}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={() => {
        grip.current = null
      }}
      onLostPointerCapture={() => {
        grip.current = null
      }}
      onDoubleClick={event => {
        event.stopPropagation()
        on.onRemove()
      }}
      onKeyDown={disabled ? undefined : keys}
      onFocus={() => on.onActive(true)}
      onBlur={() => on.onActive(false)}
    />
  )
}

const WAYS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}

const GRID = [1, 2, 3]
  .map(part => (part * TOP) / 4)
  .map(at => `M0 ${at}H${TOP}M${at} 0V${TOP}`)
  .join('')

function lineOf(points: readonly Point[]): string {
  // The corners at the points are sampled too, so that a level part ends where the point is.
  const places = [...new Set([...SAMPLES, ...points.map(([x]) => x)])].sort((a, b) => a - b)
  const values = tones(points, places)
  return `M${places.map((x, at) => `${x} ${(TOP - (values[at] as number)).toFixed(1)}`).join('L')}`
}

function shapeOf(shares: readonly number[]): string {
  const step = TOP / (shares.length - 1)
  const line = shares.map(
    (share, at) => `L${(at * step).toFixed(1)} ${(TOP - share * 230).toFixed(1)}`,
  )
  return `M0 ${TOP}${line.join('')}L${TOP} ${TOP}Z`
}

/** The tones of an image, counted once it is there; null before, and without one. */
function useHistogram(url: string | null): Histogram | null {
  const [found, setFound] = useState<Histogram | null>(null)
  useEffect(() => {
    setFound(null)
    if (!url) return
    const image = new Image()
    image.onload = () => {
      const { naturalWidth: width, naturalHeight: height } = image
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      const context = canvas.getContext('2d', { willReadFrequently: true })
      if (!context) return
      context.drawImage(image, 0, 0)
      setFound(histogramOf(context.getImageData(0, 0, width, height).data))
    }
    image.src = url
    return () => {
      image.onload = null
    }
  }, [url])
  return found
}
