/** What narrows the list of runs: three choices. */
import type { WorkflowSummary } from '../../api/schema'
import { FilterSelect } from '../../ui/list-page/FilterSelect'
import { SOURCES, STATUSES } from '../format'
import { texts } from '../texts'
import css from './FilterRow.module.css'
import type { Filters } from './filters'

interface Props {
  filters: Filters
  workflows: readonly WorkflowSummary[]
  onChange: (changes: Partial<Filters>) => void
}

export function FilterRow({ filters, workflows, onChange }: Props) {
  const names: [string, string][] = workflows
    .filter(row => row.lastRun || row.slug === filters.workflow)
    .map(row => [row.slug, row.name])
  return (
    <div className={css.row}>
      <FilterSelect
        label={texts.workflow}
        all={texts.allWorkflows}
        value={filters.workflow}
        options={names}
        onChange={workflow => onChange({ workflow })}
      />
      <FilterSelect
        label={texts.state}
        all={texts.anyState}
        value={filters.status}
        options={Object.entries(STATUSES)}
        onChange={status => onChange({ status })}
      />
      <FilterSelect
        label={texts.startedBy}
        all={texts.anywhere}
        value={filters.source}
        options={Object.entries(SOURCES)}
        onChange={source => onChange({ source })}
      />
    </div>
  )
}
