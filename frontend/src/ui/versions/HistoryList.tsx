/** The history as a list with its filters: of one user, or only what was named and published. */
import { type ReactNode, useState } from 'react'
import type { History } from '../../api/schema'
import type { Catalog } from '../../catalog/catalog'
import { Button } from '../controls/Button'
import { authorName, EntryList, type Item } from './EntryList'
import css from './HistoryList.module.css'
import { itemsOf } from './items'
import { texts } from './texts'

interface Props {
  catalog: Catalog
  pages: readonly History[]
  from: number
  to: number
  /** Reads older entries; null: there are none. */
  more: (() => void) | null
  busy: boolean
  onOpen: (item: Item, other: boolean) => void
  /** Beside the heading. */
  tools?: ReactNode
  /** Between the heading and the entries. */
  children?: ReactNode
}

export function HistoryList(props: Props) {
  const { catalog, pages, from, to, more } = props
  const [author, setAuthor] = useState<string | null>(null)
  const [onlyKept, setOnlyKept] = useState(false)
  const items = itemsOf(pages, { author, kept: onlyKept })
  const authors = new Map(
    pages.flatMap(page => page.entries.flatMap(({ author: one }) => (one ? [[one.id, one]] : []))),
  )
  const isEmpty = pages.every(page => !page.entries.length && !page.versions.length)
  const complete = pages.at(-1)?.complete !== false
  return (
    <>
      <div className={css.heading}>
        <h2>{texts.history}</h2>
        <select
          aria-label={texts.who}
          value={author ?? ''}
          onChange={event => setAuthor(event.target.value || null)}
        >
          <option value="">{texts.everyone}</option>
          {[...authors.values()].map(one => (
            <option key={one.id} value={one.id}>
              {authorName(one)}
            </option>
          ))}
        </select>
        <select
          aria-label={texts.what}
          value={onlyKept ? 'kept' : ''}
          onChange={event => setOnlyKept(event.target.value === 'kept')}
        >
          <option value="">{texts.allChanges}</option>
          <option value="kept">{texts.namedOnly}</option>
        </select>
        {props.tools}
      </div>
      {props.children}
      <div className={css.entries}>
        {isEmpty && complete ? (
          <div className={css.empty}>
            <b>{texts.noChanges}</b>
            <p>{texts.noChangesMore}</p>
          </div>
        ) : items.length ? (
          <EntryList items={items} catalog={catalog} from={from} to={to} onOpen={props.onOpen} />
        ) : (
          <div className={css.empty}>
            <p>{texts.nothingMatches}</p>
            <Button
              onClick={() => {
                setAuthor(null)
                setOnlyKept(false)
              }}
            >
              {texts.showAll}
            </Button>
          </div>
        )}
        {more && (
          <Button className={css.more} disabled={props.busy} onClick={more}>
            {texts.older}
          </Button>
        )}
        {!complete && <p className={css.quiet}>{texts.forgotten}</p>}
      </div>
    </>
  )
}
