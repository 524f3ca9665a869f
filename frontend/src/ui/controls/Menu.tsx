/** A menu at a point: arrow keys move, Enter chooses, Escape and a click elsewhere close. */

import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react'
import { useAway } from '../useAway'
import css from './Menu.module.css'

export interface MenuItem {
  id: string
  label: string
  shortcut?: string | undefined
  icon?: ReactNode | undefined
  danger?: boolean | undefined
  disabled?: boolean | undefined
  /** A line above this item. */
  separated?: boolean | undefined
  run: () => void
}

interface Props {
  at: { x: number; y: number }
  label: string
  items: MenuItem[]
  onClose: () => void
}

export function Menu({ at, label, items, onClose }: Props) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const menu = ref.current
    if (!menu) return
    const { width, height } = menu.getBoundingClientRect()
    menu.style.left = `${Math.max(8, Math.min(at.x, innerWidth - width - 8))}px`
    menu.style.top = `${Math.max(8, Math.min(at.y, innerHeight - height - 8))}px`
    menu.querySelector<HTMLButtonElement>('button:not(:disabled)')?.focus({ preventScroll: true })
  }, [at])
  useAway(ref, onClose)

  const keys = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      onClose()
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (!step || !ref.current) return
    event.preventDefault()
    const buttons = [...ref.current.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    buttons[(at + step + buttons.length) % buttons.length]?.focus()
  }

  return (
    <div
      ref={ref}
      role="menu"
      aria-label={label}
      className={css.menu}
      onKeyDown={keys}
      // The key that opens it raises the browser's own menu a moment later.
      onContextMenu={event => event.preventDefault()}
      tabIndex={-1}
    >
      {items.map(item => (
        <button
          key={item.id}
          type="button"
          role="menuitem"
          disabled={item.disabled}
          className={[css.item, item.danger && css.danger, item.separated && css.separated]
            .filter(Boolean)
            .join(' ')}
          onClick={() => {
            onClose()
            item.run()
          }}
        >
          <span className={css.icon}>{item.icon}</span>
          <span className={css.label}>{item.label}</span>
          {item.shortcut && <kbd>{item.shortcut}</kbd>}
        </button>
      ))}
    </div>
  )
}
