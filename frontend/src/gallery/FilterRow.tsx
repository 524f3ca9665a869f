/** A row of filters that are buttons: one of them holds, or all templates are shown. */
import type { LucideIcon } from 'lucide-react'
import css from './FilterRow.module.css'

interface Option<T extends string> {
  value: T | null
  name: string
  /** How many templates it leaves; not said of the one that leaves all. */
  count?: number
  icon?: LucideIcon
}

interface Props<T extends string> {
  label: string
  /** Whether the label is seen, or read out alone. */
  named?: boolean
  options: readonly Option<T>[]
  value: T | null
  onChange: (value: T | null) => void
}

export function FilterRow<T extends string>(props: Props<T>) {
  const { label, named, options, value, onChange } = props
  return (
    <fieldset className={css.row} aria-label={label}>
      {named && <span aria-hidden>{label}</span>}
      {options.map(({ value: option, name, count, icon: Icon }) => (
        <button
          key={option ?? ''}
          type="button"
          aria-pressed={option === value}
          data-none={count === 0 || undefined}
          onClick={() => onChange(option === value ? null : option)}
        >
          {Icon && <Icon aria-hidden size={14} />}
          {name}
          {count !== undefined && <small>{count}</small>}
        </button>
      ))}
    </fieldset>
  )
}
