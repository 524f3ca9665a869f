/** One of several options from a list. */

import { texts } from '../texts'
import css from './fields.module.css'
import type { FieldProps } from './spec'

export function SelectField({ spec, value, onChange, disabled, id }: FieldProps) {
  const current = value === null || value === undefined ? '' : String(value)
  const known = spec.options.includes(current)
  return (
    <select
      id={id}
      className={`${css.select} nodrag`}
      aria-label={spec.label}
      disabled={disabled}
      value={current}
      onChange={event => onChange(event.target.value)}
    >
      {!known && <option value={current}>{current || texts.choose}</option>}
      {spec.options.map(option => (
        <option key={option} value={option}>
          {spec.labels?.[option] ?? option}
        </option>
      ))}
    </select>
  )
}
