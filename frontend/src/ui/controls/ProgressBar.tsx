/** How far something is, as a thin bar. */
import css from './ProgressBar.module.css'

interface Props {
  label: string
  /** From 0 to 1. */
  share: number
  /** It does not go on just now. */
  rests?: boolean
}

export function ProgressBar({ label, share, rests = false }: Props) {
  return (
    <div
      className={css.bar}
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(share * 100)}
    >
      <i data-rests={rests || undefined} style={{ width: `${share * 100}%` }} />
    </div>
  )
}
