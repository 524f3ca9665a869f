/** The chips that choose which workflows to see, and the order they come in. */
import css from './FilterBar.module.css'
import type { Filter, Sort } from './shown'

const NAMES: Record<Filter, string> = {
  all: 'All',
  running: 'Running',
  failed: 'Failed',
  archived: 'Archived',
}

interface Props {
  filters: Filter[]
  filter: Filter
  onFilter: (filter: Filter) => void
  sort: Sort
  onSort: (sort: Sort) => void
}

export function FilterBar({ filters, filter, onFilter, sort, onSort }: Props) {
  return (
    <div className={css.bar}>
      <h2 className={css.title}>Your workflows</h2>
      {filters.length > 1 && (
        <fieldset className={css.chips} aria-label="Show">
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
      <label className={css.sort}>
        <span className={css.hidden}>Order by</span>
        <select value={sort} onChange={event => onSort(event.target.value as Sort)}>
          <option value="edited">Last edited</option>
          <option value="name">Name</option>
        </select>
      </label>
    </div>
  )
}
