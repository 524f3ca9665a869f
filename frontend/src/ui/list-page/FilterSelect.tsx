/** A choice that narrows a list: all of it, or what has one value. */
import css from './FilterSelect.module.css'

interface Props {
  label: string
  /** The name of no choice. */
  all: string
  value: string | null
  options: readonly (readonly [value: string, name: string])[]
  onChange: (value: string | null) => void
}

export function FilterSelect({ label, all, value, options, onChange }: Props) {
  // What is gone, or has not been loaded yet, is still what was chosen.
  const known = value === null || options.some(([option]) => option === value)
  return (
    <select
      className={css.choice}
      aria-label={label}
      data-chosen={value !== null || undefined}
      value={value ?? ''}
      onChange={event => onChange(event.target.value || null)}
    >
      <option value="">{all}</option>
      {!known && <option value={value}>{value}</option>}
      {options.map(([option, name]) => (
        <option key={option} value={option}>
          {name}
        </option>
      ))}
    </select>
  )
}
