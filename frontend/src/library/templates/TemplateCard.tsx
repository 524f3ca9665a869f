/** One template: its image, what it makes, and the click that copies it. */

import { CopyPlus, LoaderCircle } from 'lucide-react'
import type { WorkflowSummary } from '../../api/schema'
import { Cover } from '../../ui/media/Cover'
import { chosenImage } from '../../ui/media/image'
import { texts } from '../texts'
import css from './TemplateCard.module.css'

interface Props {
  row: WorkflowSummary
  busy: boolean
  disabled: boolean
  onUse: () => void
}

export function TemplateCard({ row, busy, disabled, onUse }: Props) {
  return (
    <li className={css.card} title={row.description || undefined}>
      <Cover url={chosenImage(row)} width={640} className={css.image} />
      <div className={css.words}>
        {/* It reaches over the whole card. */}
        <button
          type="button"
          className={css.name}
          disabled={disabled}
          aria-label={texts.toUseTheTemplateName(row.name)}
          onClick={onUse}
        >
          {row.name}
        </button>
        <span className={css.what}>{busy ? texts.copying : row.description}</span>
      </div>
      <span className={css.sign} data-busy={busy || undefined}>
        {busy ? <LoaderCircle aria-hidden size={16} /> : <CopyPlus aria-hidden size={16} />}
      </span>
    </li>
  )
}
