/** Yes or no. */
import css from './fields.module.css'
import type { FieldProps } from './spec'

export function ToggleField({ spec, value, onChange, disabled, id }: FieldProps) {
  return (
    <button
      id={id}
      type="button"
      role="switch"
      aria-checked={value === true}
      aria-label={spec.label}
      className={`${css.toggle} nodrag`}
      disabled={disabled}
      onClick={() => onChange(value !== true)}
    >
      <span />
    </button>
  )
}
