/** A search field; the slash key leads to it from anywhere on the page, Escape empties it. */
import { Search } from 'lucide-react'
import { useEffect, useRef } from 'react'
import css from './SearchField.module.css'

interface Props {
  value: string
  /** What is searched; its name and its placeholder. */
  label: string
  onChange: (value: string) => void
}

export function SearchField({ value, label, onChange }: Props) {
  const field = useRef<HTMLInputElement>(null)

  useEffect(() => {
    const slash = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.target instanceof Element && event.target.closest('input, textarea, select')) return
      event.preventDefault()
      field.current?.focus()
      field.current?.select()
    }
    window.addEventListener('keydown', slash)
    return () => window.removeEventListener('keydown', slash)
  }, [])

  return (
    <label className={css.search}>
      <Search aria-hidden size={16} />
      <input
        ref={field}
        type="search"
        value={value}
        placeholder={label}
        aria-label={label}
        onChange={event => onChange(event.target.value)}
        onKeyDown={event => {
          if (event.key !== 'Escape') return
          if (value) onChange('')
          else event.currentTarget.blur()
        }}
      />
      <kbd aria-hidden>/</kbd>
    </label>
  )
}
