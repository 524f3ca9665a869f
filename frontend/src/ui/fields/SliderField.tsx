/** A number on a line between two limits, with its value as text beside it. */
import { type CSSProperties, useState } from 'react'
import css from './fields.module.css'
import { NumberField } from './NumberField'
import type { FieldProps } from './spec'

export function SliderField(props: FieldProps) {
  const { spec, value, onChange, disabled, id } = props
  const [dragged, setDragged] = useState<number | null>(null)
  const min = spec.min ?? 0
  const max = spec.max ?? 100
  const number = dragged ?? (typeof value === 'number' ? value : min)
  const share = max > min ? ((number - min) / (max - min)) * 100 : 0
  return (
    <div className={css.slider}>
      <input
        id={id}
        type="range"
        className="nodrag"
        aria-label={spec.label}
        min={min}
        max={max}
        step={spec.step ?? (max - min <= 2 ? 0.01 : 1)}
        disabled={disabled}
        value={number}
        style={{ '--share': `${share}%` } as CSSProperties}
        onChange={event => {
          setDragged(Number(event.target.value))
          onChange(Number(event.target.value))
        }}
        onPointerUp={() => setDragged(null)}
        onBlur={() => setDragged(null)}
      />
      <NumberField {...props} value={dragged ?? value} id={undefined} />
    </div>
  )
}
