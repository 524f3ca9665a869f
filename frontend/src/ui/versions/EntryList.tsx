/** Who did what, and what was named or published, newest first and by day. */
import { Flag, Rocket } from 'lucide-react'
import type { Author, HistoryEntry, KeptVersion } from '../../api/schema'
import type { Catalog } from '../../catalog/catalog'
import { dayHeading, timeOfDay } from '../../lib/time'
import { initials } from '../shell/initials'
import css from './EntryList.module.css'
import { changeSummary } from './format'
import { texts } from './texts'

export type Item =
  | { kind: 'entry'; key: string; at: string; version: number; entry: HistoryEntry }
  | { kind: 'kept'; key: string; at: string; version: number; kept: KeptVersion }

interface Props {
  items: readonly Item[]
  catalog: Catalog
  from: number
  to: number
  /** `other` says that it is to be compared with what is shown, not with now. */
  onOpen: (item: Item, other: boolean) => void
}

export function EntryList({ items, catalog, from, to, onOpen }: Props) {
  const now = new Date()
  const current = currentKey(items, from)
  const days = new Map<string, Item[]>()
  for (const item of items) {
    const day = dayHeading(item.at, now)
    days.set(day, [...(days.get(day) ?? []), item])
  }
  return (
    <div className={css.list}>
      {[...days].map(([day, rows]) => (
        <section key={day} aria-label={day}>
          <h3>{day}</h3>
          <ul>
            {rows.map(item => (
              <li key={item.key}>
                <button
                  type="button"
                  className={css.item}
                  aria-current={current === item.key || undefined}
                  data-within={isWithin(item, from, to) || undefined}
                  onClick={event => onOpen(item, event.shiftKey)}
                >
                  {item.kind === 'entry' ? (
                    <EntryRow entry={item.entry} catalog={catalog} />
                  ) : (
                    <KeptRow kept={item.kept} />
                  )}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

/** What is compared with what is newer: a kept version, else the entry that began from there. */
function currentKey(items: readonly Item[], from: number): string | undefined {
  const kept = items.find(item => item.kind === 'kept' && item.version === from)
  const found = kept ?? items.find(item => item.kind === 'entry' && item.entry.before === from)
  return found?.key
}

const isWithin = (item: Item, from: number, to: number) =>
  item.kind === 'entry' && item.entry.before >= from && item.version <= to

function EntryRow({ entry, catalog }: { entry: HistoryEntry; catalog: Catalog }) {
  const name = authorName(entry.author)
  return (
    <>
      <span
        aria-hidden
        className={css.avatar}
        style={{ '--ink': `var(--t-${inkOf(entry.author)})` } as object}
      >
        {initials(entry.author?.name ?? name)}
      </span>
      <span className={css.head}>
        <b>{name}</b>
        <time dateTime={entry.ended}>
          {texts.from(timeOfDay(entry.began), timeOfDay(entry.ended))}
        </time>
      </span>
      <span className={css.what}>{changeSummary(entry.effects, catalog)}</span>
    </>
  )
}

function KeptRow({ kept }: { kept: KeptVersion }) {
  const name = authorName(kept.author)
  const Icon = kept.number === null ? Flag : Rocket
  return (
    <>
      <span className={css.avatar} data-kept={kept.live ? 'live' : 'kept'}>
        <Icon aria-hidden size={14} />
      </span>
      <span className={css.head}>
        <b>{kept.number === null ? kept.name : texts.publishedName(kept.number)}</b>
        {kept.live && <em>{texts.live}</em>}
        <time dateTime={kept.createdAt}>{timeOfDay(kept.createdAt)}</time>
      </span>
      <span className={css.what}>
        {kept.number === null ? texts.namedBy(name) : texts.publishedBy(name, kept.notes)}
      </span>
    </>
  )
}

export const authorName = (author: Author | null) =>
  author === null ? texts.someone : author.you ? texts.you : author.name

/** Colors repeat what the names say; one's own is always the accent's neighbor. */
const INKS = ['model', 'audio', 'number', 'video', 'mask', 'json']

export function inkOf(author: Author | null): string {
  if (author === null) return 'any'
  return author.you ? 'image' : (INKS[Number(author.id) % INKS.length] ?? 'any')
}
