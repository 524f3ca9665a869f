/** How the last run of a workflow went, in words, kept up to date as time passes. */
import css from './CardState.module.css'
import type { WorkflowSummary } from './types'
import { useNow } from './useNow'
import { state } from './words'

export function CardState({ row }: { row: WorkflowSummary }) {
  const { tone, parts } = state(row, useNow())
  return (
    <p className={css.state}>
      <i className={css.dot} data-tone={tone} aria-hidden />
      <span>{parts.filter(Boolean).join(' · ')}</span>
    </p>
  )
}
