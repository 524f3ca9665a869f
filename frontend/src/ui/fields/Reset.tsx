/** Takes a field back to its default; on a card there is no room for it. */
import { texts } from '../texts'
import css from './fields.module.css'
import type { FieldProps } from './spec'

export function Reset({ value, onChange, disabled, compact }: FieldProps) {
  if (compact) return null
  return (
    <button
      type="button"
      className={css.reset}
      disabled={disabled || value === null || value === undefined}
      onClick={() => onChange(undefined)}
    >
      {texts.reset}
    </button>
  )
}
