/** The keyboard of a group of radios that are drawn as buttons: arrow keys move and choose. */
import { type KeyboardEvent, useRef } from 'react'

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

/** Return what the group takes, and which value the Tab key reaches: the chosen one, else the first. */
export function useRadios<T extends string>(
  values: readonly T[],
  value: T,
  onChange: (value: T) => void,
) {
  const ref = useRef<HTMLDivElement>(null)
  const reached = values.includes(value) ? value : values[0]
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (!step || reached === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const next = (values.indexOf(reached) + step + values.length) % values.length
    onChange(values[next] ?? value)
    ref.current?.querySelectorAll('button')[next]?.focus()
  }
  return { group: { ref, onKeyDown }, reached }
}
