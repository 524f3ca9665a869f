/** One of a few, all in sight; arrow keys move between them. */
import css from './Choice.module.css'
import { useRadios } from './useRadios'

interface Props<T extends string> {
  label: string
  /** Names by value, in order. */
  options: Readonly<Record<T, string>>
  value: T
  onChange: (value: T) => void
}

export function Choice<T extends string>({ label, options, value, onChange }: Props<T>) {
  const values = Object.keys(options) as T[]
  const { group, reached } = useRadios(values, value, onChange)
  return (
    <div {...group} className={css.choice} role="radiogroup" aria-label={label}>
      {values.map(option => (
        // biome-ignore lint/a11y/useSemanticElements: a radio drawn as a button is a radio to all
        <button
          key={option}
          type="button"
          role="radio"
          aria-checked={option === value}
          tabIndex={option === reached ? 0 : -1}
          onClick={() => onChange(option)}
        >
          {options[option]}
        </button>
      ))}
    </div>
  )
}
