/** The two lists of runs: those that have begun, newest first, and the queue. */
import css from './Tabs.module.css'
import { texts } from './texts'

const TABS = [
  { tab: 'history', name: texts.history, href: '/runs' },
  { tab: 'queue', name: texts.queue, href: '/queue' },
] as const

export function Tabs({ active }: { active: (typeof TABS)[number]['tab'] }) {
  return (
    <nav className={css.tabs} aria-label={texts.listsOfRuns}>
      {TABS.map(({ tab, name, href }) => (
        <a key={tab} href={href} aria-current={tab === active ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  )
}
