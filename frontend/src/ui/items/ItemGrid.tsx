/** The items of a list as tiles in their order: results, failures in words, places that wait. */
import { useState } from 'react'
import { duration } from '../../lib/time'
import type { Item } from '../../runs/items'
import { Button } from '../controls/Button'
import { MediaView } from '../media/MediaView'
import { texts } from '../texts'
import type { ViewerRequest } from '../viewer/open'
import { ViewerLink } from '../viewer/ViewerLink'
import css from './ItemGrid.module.css'

type Filter = 'all' | Item['state']

/** Tiles that are shown before the user wants more. */
const SHOWN = 40

interface Props {
  items: readonly Item[]
  title: string
  run: string
  node: string
  /** Run some of them again, by their places; without it none can be selected. */
  onRetry?: ((places: number[]) => void) | undefined
}

export function ItemGrid({ items, title, run, node, onRetry }: Props) {
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set())
  const [filter, setFilter] = useState<Filter>('all')
  const [most, setMost] = useState(SHOWN)
  const found = filter === 'all' ? items : items.filter(({ state }) => state === filter)
  const count = (state: Item['state']) => items.filter(item => item.state === state).length
  const toggle = (place: number) => {
    const next = new Set(selected)
    if (!next.delete(place)) next.add(place)
    setSelected(next)
  }
  const failed = items.filter(({ state }) => state === 'failed').map(({ place }) => place)
  const request = (shown: Item) => {
    const made = items.filter(({ media }) => media)
    return {
      items: made.map(({ media, place }) => {
        return { media, title: texts.items.file(title, place + 1), run, node }
      }),
      at: made.indexOf(shown),
    }
  }
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
        {onRetry && failed.length > 0 && (
          <button type="button" onClick={() => setSelected(new Set(failed))}>
            {texts.items.selectFailed}
          </button>
        )}
        {onRetry && selected.size > 0 && (
          <button
            type="button"
            className={css.retry}
            onClick={() => onRetry([...selected].sort((a, b) => a - b))}
          >
            {texts.items.retry(selected.size)}
          </button>
        )}
      </div>
      <ol className={css.grid}>
        {found.slice(0, most).map(item => (
          <li
            key={item.place}
            data-state={item.state}
            data-selected={selected.has(item.place) || undefined}
          >
            {onRetry && (
              <input
                type="checkbox"
                aria-label={texts.items.select(item.place + 1)}
                checked={selected.has(item.place)}
                onChange={() => toggle(item.place)}
              />
            )}
            <Tile item={item} title={title} request={request} />
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

interface TileProps {
  item: Item
  title: string
  request: (item: Item) => ViewerRequest
}

function Tile({ item, title, request }: TileProps) {
  const { media, text, message, place } = item
  if (message) return <p title={message}>{message}</p>
  if (!media) return <p title={text}>{text}</p>
  return (
    <ViewerLink
      media={media}
      label={texts.items.file(title, place + 1)}
      request={() => request(item)}
    >
      <MediaView media={media} width={160} cover />
    </ViewerLink>
  )
}
