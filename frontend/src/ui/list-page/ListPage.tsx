/** What pages with a list share: their head, and what is there while it loads or has nothing. */
import type { ReactNode } from 'react'
import css from './ListPage.module.css'

/** The head of a page; `className` for what else it holds. */
export function ListHeader({
  className = '',
  children,
}: {
  className?: string | undefined
  children: ReactNode
}) {
  return <header className={`${css.header} ${className}`}>{children}</header>
}

/** In the place of a list that is being loaded. */
export function ListWaiting({ label }: { label: string }) {
  return <div className={css.waiting} role="status" aria-label={label} />
}

/** In the place of a list without rows: an icon, why there are none, and a way on. */
export function ListEmpty({ children }: { children: ReactNode }) {
  return <div className={css.empty}>{children}</div>
}
