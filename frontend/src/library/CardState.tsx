/** How the last run of a workflow went, in words, kept up to date as time passes. */
import { StateDot } from '../runs/StateDot'
import css from './CardState.module.css'
import type { WorkflowSummary } from './types'
import { useNow } from './useNow'
import { state } from './words'

export function CardState({ row }: { row: WorkflowSummary }) {
  const { tone, parts } = state(row, useNow())
  return (
    <p className={css.state}>
      <StateDot tone={tone} />
      <span>{parts.filter(Boolean).join(' · ')}</span>
    </p>
  )
}
