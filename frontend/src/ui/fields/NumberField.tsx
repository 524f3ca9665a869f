/** A number to type, to work out (`1024/2`) or to drag sideways, with its unit; limits are shown in a sentence. */
import { Dices, Shuffle } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { numberProblem } from '../../document/check'
import { texts } from '../texts'
import { isSum, worth } from './arithmetic'
import css from './fields.module.css'
import type { FieldProps } from './spec'
import { useDraft } from './useDraft'

const PIXELS_PER_STEP = 4

/** Keep a number inside its limits and free of the noise of binary fractions. */
function bounded(
  value: number,
  spec: { min: number | null; max: number | null; step: number | null },
): number {
  const low = Math.max(value, spec.min ?? Number.NEGATIVE_INFINITY)
  const inside = Math.min(low, spec.max ?? Number.POSITIVE_INFINITY)
  const digits = spec.step ? (String(spec.step).split('.')[1]?.length ?? 0) : 6
  return Number(inside.toFixed(Math.max(digits, 0)))
}

/** The largest number that is thrown; every program keeps it exactly. */
const MOST_THROWN = 2 ** 50
/** The largest where a field names none: what seeds of all models go up to. */
const USUAL = 2 ** 31 - 1

/** A whole number by chance, inside the limits. */
export function thrown(
  { min, max }: { min: number | null; max: number | null },
  chance: () => number = Math.random,
): number {
  const low = Math.max(0, Math.ceil(min ?? 0))
  const most = low > USUAL ? MOST_THROWN : USUAL
  const high = Math.max(low, Math.min(max ?? most, MOST_THROWN))
  return low + Math.floor(chance() * (high - low + 1))
}

export function NumberField(props: FieldProps) {
  const { spec, value, onChange, disabled, id } = props
  const [problem, setProblem] = useState<string | null>(null)
  const number = typeof value === 'number' ? value : Number.parseFloat(String(value ?? ''))
  const text = Number.isFinite(number) ? String(number) : ''
  const random = Boolean(spec.randomize) && text === ''
  const step = spec.step ?? 1
  const drag = useRef<{ x: number; from: number; moved: boolean } | null>(null)
  const draft = useDraft(text, typed => {
    if (typed.trim() === '') {
      setProblem(null)
      onChange(undefined)
      return
    }
    const value = worth(typed)
    // A sum is looked at when it is whole: on the way there it is no number yet.
    const found = Number.isNaN(value) && isSum(typed) ? null : numberProblem(value, spec)
    setProblem(found)
    if (!found && !Number.isNaN(value)) onChange(bounded(value, { ...spec, step: null }))
  })
  const worked = isSum(draft.shown) ? worth(draft.shown) : Number.NaN

  const down = (event: PointerEvent<HTMLInputElement>) => {
    if (disabled || document.activeElement === event.currentTarget || event.button !== 0) return
    event.preventDefault()
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { x: event.clientX, from: Number.isFinite(number) ? number : 0, moved: false }
  }
  const move = (event: PointerEvent<HTMLInputElement>) => {
    const from = drag.current
    if (!from) return
    const steps = Math.trunc((event.clientX - from.x) / PIXELS_PER_STEP)
    if (!steps && !from.moved) return
    from.moved = true
    onChange(bounded(from.from + steps * step, { ...spec, step }))
  }
  const up = (event: PointerEvent<HTMLInputElement>) => {
    const from = drag.current
    drag.current = null
    if (from && !from.moved) {
      event.currentTarget.focus()
      event.currentTarget.select()
    }
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter') leave()
    const way = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
    if (!way) return
    event.preventDefault()
    draft.settle()
    const by = way * step * (event.shiftKey ? 10 : 1)
    onChange(bounded((Number.isFinite(number) ? number : 0) + by, { ...spec, step }))
  }
  const leave = () => {
    draft.settle()
    const typed = worth(draft.shown)
    if (problem && Number.isFinite(typed)) onChange(bounded(typed, { ...spec, step: null }))
    setProblem(null)
  }

  return (
    <div className={css.number} data-invalid={problem ? true : undefined}>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        className="nodrag"
        aria-label={spec.label}
        aria-invalid={Boolean(problem)}
        placeholder={random ? texts.newEachRun : spec.placeholder || texts.auto}
        title={random && props.drawn != null ? texts.theLastRunHadDrawn(props.drawn) : undefined}
        disabled={disabled}
        value={draft.shown}
        onChange={event => draft.change(event.target.value)}
        onBlur={leave}
        onKeyDown={keys}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
      />
      {spec.dice && !disabled && (
        <button
          type="button"
          className={`${css.dice} nodrag`}
          title={texts.randomize}
          aria-label={texts.randomizeLabel(spec.label)}
          onClick={() => onChange(thrown(spec))}
        >
          <Dices aria-hidden size={14} />
        </button>
      )}
      {!disabled && <Randomize {...props} random={random} />}
      {!Number.isNaN(worked) && <span className={css.unit}>{texts.equals(worked)}</span>}
      {/* Beside "Auto" or "Mixed" there is no room for it, and no number it could belong to. */}
      {spec.unit && draft.shown !== '' && <span className={css.unit}>{spec.unit}</span>}
      {problem && (
        <p className={css.bubble} role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}

/** The switch between a number that is new for each run and one that stays. */
function Randomize(props: FieldProps & { random: boolean }) {
  const { spec, random, onChange, onRandomize, drawn } = props
  if (!spec.randomize && !onRandomize) return null
  const kept = drawn == null ? texts.pressToFixOne : texts.theLastWasDrawn(drawn)
  return (
    <button
      type="button"
      className={`${css.dice} nodrag`}
      title={random ? texts.aNewNumberForEachRun(kept) : texts.aNewNumberForEachRunShort}
      aria-label={texts.newLabelEachRun(spec.label)}
      aria-pressed={random}
      onClick={() => {
        if (random) onChange(drawn ?? thrown(spec))
        else if (spec.randomize) onChange(undefined)
        else onRandomize?.()
      }}
    >
      <Shuffle aria-hidden size={14} />
    </button>
  )
}
