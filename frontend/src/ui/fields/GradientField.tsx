/** The colors of a gradient: a bar with a stop for each, and the color and place of the chosen one. */
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { Json } from '../../api/document'
import { texts } from '../texts'
import { AddRemove } from './AddRemove'
import { ColorField } from './ColorField'
import css from './GradientField.module.css'
import {
  addAfter,
  addStop,
  backgroundOf,
  type Changed,
  FEWEST_STOPS,
  MOST_STOPS,
  moveStop,
  readStops,
  removeStop,
  type Stop,
} from './gradient'
import { JsonField } from './JsonField'
import { NumberField } from './NumberField'
import { Reset } from './Reset'
import { BLANK, type FieldProps, type FieldSpec } from './spec'

/** How far below the bar a stop is let go to be removed, px. */
const AWAY = 36
/** How far the bar goes on beyond its first and last place, so that stops hang from it there, px. */
const END = 7

export function GradientField(props: FieldProps) {
  const { spec, value, onChange, disabled, compact, id, colors, fallback } = props
  const stops = useMemo(() => readStops(value, fallback), [value, fallback])
  const [chosen, setChosen] = useState(0)
  // What is written otherwise, by hand or by a program, is shown as it is.
  if (!stops) return <JsonField {...props} />
  const at = Math.min(chosen, stops.length - 1)
  const stop = stops[at] as Stop
  const put = (changed: readonly Stop[]) => onChange(changed as unknown as Json)
  const move = (place: number) => {
    const moved = moveStop(stops, at, place)
    setChosen(moved.at)
    put(moved.stops)
  }
  const add = () => {
    const added = addAfter(stops, at)
    if (!added) return
    setChosen(added.at)
    put(added.stops)
  }
  const remove = () => {
    const left = removeStop(stops, at)
    if (!left) return
    setChosen(Math.min(at, left.length - 1))
    put(left)
  }
  const paint = (color: Json | undefined) =>
    typeof color === 'string' && put(stops.map((one, i) => (i === at ? { ...one, color } : one)))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would have a legend beside the label
    <div
      role="group"
      aria-label={spec.label}
      className={css.gradient}
      data-compact={compact || undefined}
    >
      <Bar
        id={id}
        stops={stops}
        chosen={at}
        disabled={disabled === true}
        onChoose={setChosen}
        onChange={put}
      />
      <div className={css.row}>
        <ColorField
          spec={{ ...COLOR, label: texts.colorOfStop(at + 1) }}
          value={stop.color}
          disabled={disabled}
          colors={colors}
          onChange={paint}
        />
        <div className={css.place}>
          <NumberField
            spec={{ ...PLACE, label: texts.placeOfStop(at + 1) }}
            value={Math.round(stop.place * 100) / 100}
            disabled={disabled}
            onChange={place => typeof place === 'number' && move(place)}
          />
        </div>
      </div>
      {!compact && (
        <div className={css.row}>
          <AddRemove
            words={texts.stops}
            canAdd={!disabled && stops.length < MOST_STOPS}
            canRemove={!disabled && stops.length > FEWEST_STOPS}
            onAdd={add}
            onRemove={remove}
          />
          <Reset {...props} />
        </div>
      )}
    </div>
  )
}

const COLOR: FieldSpec = { ...BLANK, required: true, type: 'color', widget: 'color' }
const PLACE: FieldSpec = {
  ...BLANK,
  required: true,
  type: 'number',
  min: 0,
  max: 100,
  step: 1,
  unit: '%',
}

interface BarProps {
  id: string | undefined
  stops: readonly Stop[]
  chosen: number
  disabled: boolean
  onChoose: (at: number) => void
  onChange: (stops: readonly Stop[]) => void
}

function Bar({ id, stops, chosen, disabled, onChoose, onChange }: BarProps) {
  const bar = useRef<HTMLDivElement>(null)
  const drag = useRef<{ at: number; from: number } | null>(null)
  const [away, setAway] = useState(false)
  // The stop that has the focus may have another place in the list after the next render.
  const wanted = useRef<number | null>(null)
  useEffect(() => {
    if (wanted.current === null) return
    bar.current?.querySelectorAll<HTMLElement>('[role=slider]')[wanted.current]?.focus()
    wanted.current = null
  })
  const put = (changed: Changed | null) => {
    if (!changed || disabled) return
    wanted.current = changed.at
    onChoose(changed.at)
    onChange(changed.stops)
  }
  const remove = (at: number) => {
    const left = removeStop(stops, at)
    if (left) put({ stops: left, at: Math.min(at, left.length - 1) })
  }
  const placeOf = (event: { clientX: number }) => {
    const box = bar.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1)
    return ((event.clientX - box.x) / box.width) * 100
  }
  const isAway = (event: PointerEvent) =>
    stops.length > FEWEST_STOPS &&
    event.clientY > (bar.current?.getBoundingClientRect().bottom ?? 0) + AWAY
  const move = (event: PointerEvent) => {
    const held = drag.current
    if (!held) return
    setAway(isAway(event))
    const moved = moveStop(stops, held.at, placeOf(event) - held.from)
    if (moved.stops[moved.at]?.place === stops[held.at]?.place) return
    held.at = moved.at
    put(moved)
  }
  const letGo = (event: PointerEvent) => {
    const held = drag.current
    drag.current = null
    setAway(false)
    if (held && isAway(event)) remove(held.at)
  }
  const keys = (event: KeyboardEvent, at: number) => {
    const way = WAYS[event.key]
    const place = stops[at]?.place ?? 0
    if (way) put(moveStop(stops, at, place + way * (event.shiftKey ? 10 : 1)))
    else if (event.key === 'Delete' || event.key === 'Backspace') remove(at)
    else if (event.key === 'Enter' || event.key === 'Insert') put(addAfter(stops, at))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Enter on a stop adds one as well
    <div
      ref={bar}
      className={`${css.bar} nodrag nopan`}
      data-disabled={disabled || undefined}
      style={{ '--gradient': backgroundOf(stops, END) } as CSSProperties}
      onDoubleClick={event => {
        event.stopPropagation()
        put(addStop(stops, placeOf(event)))
      }}
      onPointerMove={move}
      onPointerUp={letGo}
      onPointerCancel={() => {
        drag.current = null
        setAway(false)
      }}
    >
      {stops.map((stop, at) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: stops have no identity but their place
          key={at}
          id={at === 0 ? id : undefined}
          role="slider"
          tabIndex={0}
          className={css.stop}
          aria-label={texts.stop(at + 1)}
          aria-disabled={disabled || undefined}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(stop.place)}
          aria-valuetext={texts.stopIs(Math.round(stop.place), stop.color)}
          data-chosen={at === chosen || undefined}
          data-away={(away && at === chosen) || undefined}
          style={{ left: `${stop.place}%`, '--color': stop.color } as CSSProperties}
          onFocus={() => onChoose(at)}
          onDoubleClick={event => event.stopPropagation()}
          onKeyDown={event => keys(event, at)}
          onPointerDown={event => {
            if (event.button !== 0) return
            event.stopPropagation()
            event.currentTarget.focus()
            if (disabled) return
            drag.current = { at, from: placeOf(event) - stop.place }
            // The bar goes on when the stop has passed another one.
            bar.current?.setPointerCapture(event.pointerId)
          }}
        />
      ))}
    </div>
  )
}

const WAYS: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }
