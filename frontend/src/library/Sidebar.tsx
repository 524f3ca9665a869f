/** The side of the library: where one is, the theme, and who is signed in. On a phone, its top. */
import { LayoutGrid, LogOut } from 'lucide-react'
import { cookie } from '../api/client'
import { Mark } from './Mark'
import css from './Sidebar.module.css'
import { ThemeToggle } from './ThemeToggle'
import { count as counted, initials } from './words'

export function Sidebar({ count, user }: { count: number | undefined; user: string }) {
  return (
    <div className={css.side}>
      <a className={css.brand} href="/">
        <Mark size={22} />
        Patchbay
      </a>
      <nav className={css.nav} aria-label="Patchbay">
        <a className={css.link} href="/" aria-current="page">
          <LayoutGrid aria-hidden size={17} />
          Workflows
          {count !== undefined && (
            <span className={css.count}>
              <span aria-hidden>{count}</span>
              <span className="sr-only">{counted(count, 'workflow')}</span>
            </span>
          )}
        </a>
      </nav>
      <ThemeToggle />
      <div className={css.account}>
        <span className={css.face} aria-hidden>
          {initials(user)}
        </span>
        <span className={css.name} title={user}>
          {user}
        </span>
        <form method="post" action="/logout">
          <input type="hidden" name="csrfmiddlewaretoken" value={cookie('csrftoken')} />
          <button className={css.quiet} type="submit" aria-label="Log out" title="Log out">
            <LogOut aria-hidden size={17} />
          </button>
        </form>
      </div>
    </div>
  )
}
