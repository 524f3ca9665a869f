/**
 * What frames every page but the editor: on the left (on a phone above and below) where one is and
 * who is logged in, beside it the page, and over it the passing messages.
 */
import {
  Boxes,
  Image as ImageIcon,
  LayoutGrid,
  LayoutTemplate,
  LogOut,
  type LucideIcon,
  Play,
  Server,
  Settings as SettingsIcon,
} from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { cookie } from '../../api/client'
import { texts } from '../texts'
import css from './AppShell.module.css'
import { initials } from './initials'
import { Mark } from './Mark'
import { ThemeToggle } from './ThemeToggle'
import { Toasts } from './Toasts'

type Place = 'workflows' | 'templates' | 'runs' | 'assets' | 'models' | 'runners' | 'settings'

/** A number beside a link: as it is shown, and as it is read out. */
interface Badge {
  shown: string
  said: string
}

interface Props {
  active: Place
  /** The name of who is logged in. */
  user: string
  badges?: Partial<Record<Place, Badge>> | undefined
  /** What is below the links, such as the folders; not on a phone. */
  side?: ReactNode
  children: ReactNode
}

const PLACES: { place: Place; name: string; href: string; icon: LucideIcon }[] = [
  { place: 'workflows', name: texts.workflows, href: '/', icon: LayoutGrid },
  { place: 'templates', name: texts.templates, href: '/templates', icon: LayoutTemplate },
  { place: 'runs', name: texts.runs, href: '/runs', icon: Play },
  { place: 'assets', name: texts.assets, href: '/assets', icon: ImageIcon },
  { place: 'models', name: texts.models, href: '/models', icon: Boxes },
  { place: 'runners', name: texts.runners, href: '/runners', icon: Server },
  { place: 'settings', name: texts.settings, href: '/settings', icon: SettingsIcon },
]

/** When edits of closed editors are looked for: once the page itself is there, ms. */
const LEFTOVER_MS = 1000

export function AppShell({ active, user, badges = {}, side, children }: Props) {
  useEffect(() => {
    const send = async () => (await import('../../document/leftover')).sendLeftover()
    const timer = setTimeout(() => void send().catch(() => {}), LEFTOVER_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className={css.page}>
      <header className={css.side}>
        <a className={css.brand} href="/">
          <Mark size={22} />
          Patchbay
        </a>
        <nav className={css.nav} aria-label="Patchbay">
          {PLACES.map(({ place, name, href, icon: Icon }) => (
            <a
              key={place}
              className={css.link}
              href={href}
              aria-current={place === active ? 'page' : undefined}
            >
              <Icon aria-hidden size={17} />
              {name}
              <Count badge={badges[place]} />
            </a>
          ))}
        </nav>
        <div className={css.more}>{side}</div>
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
            <button
              className={css.quiet}
              type="submit"
              aria-label={texts.logOut}
              title={texts.logOut}
            >
              <LogOut aria-hidden size={17} />
            </button>
          </form>
        </div>
      </header>
      <main className={css.main}>{children}</main>
      <Toasts />
    </div>
  )
}

function Count({ badge }: { badge: Badge | undefined }) {
  if (!badge) return null
  return (
    <span className={css.count}>
      <span aria-hidden>{badge.shown}</span>
      <span className="sr-only">{badge.said}</span>
    </span>
  )
}
