/** How the last run of a workflow went, in words, kept up to date as time passes. */
import type { WorkflowSummary } from '../../api/schema'
import { StateDot } from '../../ui/StateDot'
import { useNow } from '../../ui/useNow'
import { state } from '../format'
import css from './CardState.module.css'

export function CardState({ row }: { row: WorkflowSummary }) {
  const { tone, parts } = state(row, useNow())
  return (
    <p className={css.state}>
      <StateDot tone={tone} />
      <span>{parts.filter(Boolean).join(' · ')}</span>
    </p>
  )
}
