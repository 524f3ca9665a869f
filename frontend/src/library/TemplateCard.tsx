/** One template: its picture, what it makes, and the click that copies it. */
import { CopyPlus, LoaderCircle } from 'lucide-react'
import { Cover } from './Cover'
import { chosenPicture } from './picture'
import css from './TemplateCard.module.css'
import type { WorkflowSummary } from './types'

interface Props {
  row: WorkflowSummary
  busy: boolean
  disabled: boolean
  onUse: () => void
}

export function TemplateCard({ row, busy, disabled, onUse }: Props) {
  return (
    <li className={css.item}>
      <button
        type="button"
        className={css.card}
        disabled={disabled}
        aria-label={`Use the template ${row.name}`}
        title={row.description || undefined}
        onClick={onUse}
      >
        <Cover address={chosenPicture(row)} width={640} className={css.picture} />
        <span className={css.words}>
          <span className={css.name}>{row.name}</span>
          <span className={css.what}>{busy ? 'Copying …' : row.description}</span>
        </span>
        <span className={css.sign} data-busy={busy || undefined}>
          {busy ? <LoaderCircle aria-hidden size={16} /> : <CopyPlus aria-hidden size={16} />}
        </span>
      </button>
    </li>
  )
}
