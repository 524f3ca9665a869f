/** One template in the gallery: its image, its promise, what it needs, and the click that copies it. */
import { LoaderCircle } from 'lucide-react'
import type { Need, WorkflowSummary } from '../api/schema'
import { Button } from '../ui/controls/Button'
import { Cover } from '../ui/media/Cover'
import { chosenImage } from '../ui/media/image'
import css from './GalleryCard.module.css'
import { NeedsLine } from './Needs'
import { price } from './price'
import { texts } from './texts'
import { authorOf } from './view'

interface Props {
  row: WorkflowSummary
  /** One of one's own. */
  mine: boolean
  busy: boolean
  disabled: boolean
  isHere: (need: Need) => boolean | undefined
  onOpen: () => void
  onUse: () => void
}

export function GalleryCard({ row, mine, busy, disabled, isHere, onOpen, onUse }: Props) {
  const author = authorOf(row)
  return (
    <li className={css.card}>
      <Cover url={chosenImage(row)} width={640} className={css.image} backdrop />
      <div className={css.body}>
        <div className={css.head}>
          <h2>
            {/* It reaches over the whole card. */}
            <button type="button" className={css.name} aria-haspopup="dialog" onClick={onOpen}>
              {row.name}
            </button>
          </h2>
          <span className={css.price}>{price(row)}</span>
        </div>
        {row.description && <p className={css.what}>{row.description}</p>}
        {(mine || author) && (
          <p className={css.author}>{mine ? texts.yours : texts.by(author ?? '')}</p>
        )}
        <div className={css.foot}>
          <NeedsLine row={row} isHere={isHere} />
          <Button
            aria-label={busy ? undefined : texts.toUseTheTemplateName(row.name)}
            title={texts.copiesAndOpens}
            disabled={disabled}
            onClick={onUse}
            icon={busy && <LoaderCircle aria-hidden size={15} className={css.turning} />}
          >
            {busy ? texts.copying : texts.use}
          </Button>
        </div>
      </div>
    </li>
  )
}
