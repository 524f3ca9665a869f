/** What chooses the workflows to see: chips, tags, a switch for the hidden ones, and the order. */
import { Hash } from 'lucide-react'
import { texts } from '../texts'
import css from './FilterBar.module.css'
import type { Filter, Sort } from './view'

const NAMES: Record<Filter, string> = {
  all: texts.all,
  running: texts.running,
  failed: texts.failed,
  archived: texts.archived,
}

interface Props {
  title: string
  filters: Filter[]
  filter: Filter
  onFilter: (filter: Filter) => void
  tags: string[]
  tag: string | null
  onTag: (tag: string | null) => void
  /** Whether hidden workflows are shown; null where there are none. */
  hidden: boolean | null
  onHidden: (hidden: boolean) => void
  sort: Sort
  onSort: (sort: Sort) => void
}

export function FilterBar(props: Props) {
  const { title, filters, filter, onFilter, tags, tag, onTag, hidden, onHidden, sort, onSort } =
    props
  return (
    <div className={css.bar}>
      <h2 className={css.title}>{title}</h2>
      {filters.length > 1 && (
        <fieldset className={css.chips} aria-label={texts.show}>
          {filters.map(name => (
            <button
              key={name}
              type="button"
              className={css.chip}
              aria-pressed={name === filter}
              onClick={() => onFilter(name)}
            >
              {NAMES[name]}
            </button>
          ))}
        </fieldset>
      )}
      {tags.length > 0 && (
        <fieldset className={css.tags} aria-label={texts.tags}>
          {tags.map(name => (
            <button
              key={name}
              type="button"
              className={css.chip}
              data-tag
              aria-pressed={name === tag}
              onClick={() => onTag(name === tag ? null : name)}
            >
              <Hash aria-hidden size={12} />
              {name}
            </button>
          ))}
        </fieldset>
      )}
      {hidden !== null && (
        <label className={css.switch}>
          <input
            type="checkbox"
            checked={hidden}
            onChange={event => onHidden(event.target.checked)}
          />
          {texts.showHidden}
        </label>
      )}
      <label className={css.sort}>
        <span className={css.hidden}>{texts.orderBy}</span>
        <select value={sort} onChange={event => onSort(event.target.value as Sort)}>
          <option value="edited">{texts.lastEdited}</option>
          <option value="name">{texts.name}</option>
        </select>
      </label>
    </div>
  )
}
