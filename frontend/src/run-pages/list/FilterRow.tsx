/** What narrows the list of runs: three choices. */
import type { WorkflowSummary } from '../../api/schema'
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
  // A workflow that is gone, or has not been loaded yet, is still what was chosen.
  if (filters.workflow && !names.some(([slug]) => slug === filters.workflow)) {
    names.push([filters.workflow, filters.workflow])
  }
  return (
    <div className={css.row}>
      <Choice
        label={texts.workflow}
        all={texts.allWorkflows}
        value={filters.workflow}
        options={names}
        onChange={workflow => onChange({ workflow })}
      />
      <Choice
        label={texts.state}
        all={texts.anyState}
        value={filters.status}
        options={Object.entries(STATUSES)}
        onChange={status => onChange({ status })}
      />
      <Choice
        label={texts.startedBy}
        all={texts.anywhere}
        value={filters.source}
        options={Object.entries(SOURCES)}
        onChange={source => onChange({ source })}
      />
    </div>
  )
}

interface ChoiceProps {
  label: string
  all: string
  value: string | null
  options: [value: string, name: string][]
  onChange: (value: string | null) => void
}

function Choice({ label, all, value, options, onChange }: ChoiceProps) {
  return (
    <select
      className={css.choice}
      aria-label={label}
      data-chosen={value !== null || undefined}
      value={value ?? ''}
      onChange={event => onChange(event.target.value || null)}
    >
      <option value="">{all}</option>
      {options.map(([option, name]) => (
        <option key={option} value={option}>
          {name}
        </option>
      ))}
    </select>
  )
}
