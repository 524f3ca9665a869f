/** The items of a list as tiles in their order: results, failures in words, places that wait. */
import { useState } from 'react'
import { mediaUrl } from '../../api/media'
import { duration } from '../../lib/time'
import type { Item } from '../../runs/items'
import { Button } from '../controls/Button'
import { MediaView } from '../media/MediaView'
import { texts } from '../texts'
import css from './ItemGrid.module.css'

type Filter = 'all' | Item['state']

/** Tiles that are shown before somebody asks for more. */
const SHOWN = 40

export function ItemGrid({ items, title }: { items: readonly Item[]; title: string }) {
  const [filter, setFilter] = useState<Filter>('all')
  const [most, setMost] = useState(SHOWN)
  const found = filter === 'all' ? items : items.filter(({ state }) => state === filter)
  const count = (state: Item['state']) => items.filter(item => item.state === state).length
  const filters: [Filter, string, number][] = [
    ['all', texts.items.all(items.length), items.length],
    ['done', texts.items.done(count('done')), count('done')],
    ['failed', texts.items.failed(count('failed')), count('failed')],
    ['waiting', texts.items.waiting(count('waiting')), count('waiting')],
  ]
  return (
    <section className={css.items} aria-label={texts.items.of(title)}>
      <div className={css.filters}>
        {filters.map(([id, label, amount]) => (
          <button
            type="button"
            key={id}
            aria-pressed={filter === id}
            disabled={!amount}
            onClick={() => setFilter(id)}
          >
            {label}
          </button>
        ))}
      </div>
      <ol className={css.grid}>
        {found.slice(0, most).map(item => (
          <li key={item.place} data-state={item.state}>
            <Tile item={item} title={title} />
            <small>
              <span>{item.place + 1}</span>
              <span>
                {item.state === 'done' && item.ms !== null
                  ? duration(item.ms)
                  : texts.items.states[item.state]}
              </span>
            </small>
          </li>
        ))}
      </ol>
      {found.length > most && (
        <Button onClick={() => setMost(most + 200)}>
          {texts.items.more(Math.min(200, found.length - most))}
        </Button>
      )}
    </section>
  )
}

function Tile({ item, title }: { item: Item; title: string }) {
  const { media, text, message, place } = item
  if (message) return <p title={message}>{message}</p>
  if (!media) return <p title={text}>{text}</p>
  return (
    <a
      href={mediaUrl(media)}
      target="_blank"
      rel="noreferrer"
      aria-label={texts.items.file(title, place + 1)}
    >
      <MediaView media={media} width={160} cover />
    </a>
  )
}
