/** A menu that a button opens below itself; the button has the focus again when it closes. */
import { type MouseEvent, type ReactNode, useCallback, useState } from 'react'
import { Menu, type MenuItem } from './Menu'

interface Opened {
  button: HTMLElement
  x: number
  y: number
}

/**
 * Return what the button takes as properties, and the menu while it is open. A menu of the given
 * width, px, ends where its button ends; else both begin at the same place.
 */
export function useMenu(label: string, items: () => MenuItem[], width?: number) {
  const [open, setOpen] = useState<Opened | null>(null)
  const close = useCallback(() => {
    open?.button.focus()
    setOpen(null)
  }, [open])
  const opener = {
    'aria-haspopup': 'menu',
    'aria-expanded': open !== null,
    onClick: ({ currentTarget: button }: MouseEvent<HTMLElement>) => {
      const { left, right, bottom } = button.getBoundingClientRect()
      setOpen({ button, x: width === undefined ? left : right - width, y: bottom + 4 })
    },
  } as const
  const menu: ReactNode = open && <Menu at={open} label={label} items={items()} onClose={close} />
  return { opener, menu }
}
