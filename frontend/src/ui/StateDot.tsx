/** The dot that says how a run stands; the words beside it say the same. */
import type { Tone } from '../runs/tone'
import css from './StateDot.module.css'

export function StateDot({ tone }: { tone: Tone }) {
  return <i className={css.dot} data-tone={tone} aria-hidden />
}
