/** One of a few, all in sight; arrow keys move between them. */
import { type KeyboardEvent, useRef } from 'react'
import css from './Choice.module.css'

interface Props<T extends string> {
  label: string
  /** Names by value, in order. */
  options: Readonly<Record<T, string>>
  value: T
  onChange: (value: T) => void
}

export function Choice<T extends string>({ label, options, value, onChange }: Props<T>) {
  const group = useRef<HTMLDivElement>(null)
  const values = Object.keys(options) as T[]
  const keys = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (!step) return
    event.preventDefault()
    const next = (values.indexOf(value) + step + values.length) % values.length
    onChange(values[next] ?? value)
    group.current?.querySelectorAll('button')[next]?.focus()
  }
  return (
    <div ref={group} className={css.choice} role="radiogroup" aria-label={label} onKeyDown={keys}>
      {values.map(option => (
        // biome-ignore lint/a11y/useSemanticElements: a radio drawn as a button is a radio to all
        <button
          key={option}
          type="button"
          role="radio"
          aria-checked={option === value}
          tabIndex={option === value ? 0 : -1}
          onClick={() => onChange(option)}
        >
          {options[option]}
        </button>
      ))}
    </div>
  )
}

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }
