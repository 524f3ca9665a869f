/** The items of a list step on its card: a tile each, with its result or why it has none. */
import type { ReactNode } from 'react'
import { duration } from '../../lib/time'
import type { Item } from '../../runs/items'
import { MediaView } from '../../ui/media/MediaView'
import { texts } from '../../ui/texts'
import css from './CardItems.module.css'

interface Props {
  items: readonly Item[]
  title: string
  /** The run that they are of, where it is known; its page has the rest. */
  run: string | null
  /** Open the result at a place among those that are files; null while there is nothing to open. */
  onOpen: ((at: number) => void) | null
}

/** Tiles of a card; the last one counts those that have no room. */
const MOST_TILES = 36

export function CardItems({ items, title, run, onOpen }: Props) {
  const left = items.length > MOST_TILES ? items.length - MOST_TILES + 1 : 0
  const shown = items.slice(0, items.length - left)
  const files = items.filter(({ media }) => media)
  const columns = items.length > 16 ? 6 : items.length > 9 ? 4 : items.length > 4 ? 3 : 2
  return (
    <ol
      className={css.items}
      aria-label={texts.items.of(title)}
      style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}
    >
      {shown.map(item => (
        <li key={item.place} data-state={item.state} title={wordsOf(item, title)}>
          <Tile
            item={item}
            label={wordsOf(item, title)}
            run={run}
            onOpen={item.media && onOpen && (() => onOpen(files.indexOf(item)))}
          />
        </li>
      ))}
      {left > 0 && (
        <li>
          <Page run={run} label={texts.items.all(items.length)}>
            {texts.items.left(left)}
          </Page>
        </li>
      )}
    </ol>
  )
}

interface TileProps {
  item: Item
  label: string
  run: string | null
  onOpen: (() => void) | null
}

function Tile({ item, label, run, onOpen }: TileProps) {
  const { media, message, text, place } = item
  const shown = media ? (
    <MediaView media={media} width={160} cover />
  ) : (
    <span>{message || text || place + 1}</span>
  )
  if (!onOpen) {
    return (
      <Page run={run} label={label}>
        {shown}
      </Page>
    )
  }
  return (
    <button type="button" className="nodrag" aria-label={label} onClick={onOpen}>
      {shown}
    </button>
  )
}

/** Leads to the page of the run, which has each item; plain where the run is not known. */
function Page({
  run,
  label,
  children,
}: {
  run: string | null
  label: string
  children: ReactNode
}) {
  if (run === null) return <div>{children}</div>
  return (
    <a className="nodrag" href={`/runs/${run}`} aria-label={label}>
      {children}
    </a>
  )
}

/** "Resize, item 3: 1.2 s"; what has failed says why. */
const wordsOf = ({ place, state, message, ms }: Item, title: string) =>
  `${texts.items.file(title, place + 1)}: ${
    message || (state === 'done' && ms !== null ? duration(ms) : texts.items.states[state])
  }`
