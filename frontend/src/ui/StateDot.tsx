/** The dot that shows the status of a run; the words beside it say the same. */
import type { Tone } from '../runs/tone'
import css from './StateDot.module.css'

export function StateDot({ tone }: { tone: Tone }) {
  return <i className={css.dot} data-tone={tone} aria-hidden />
}
