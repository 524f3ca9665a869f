/** The library before its list has come: the same boxes, of the same sizes, still empty. */

import { texts } from '../texts'
import css from './Skeletons.module.css'

const TEMPLATES = ['a', 'b', 'c']
const CARDS = ['a', 'b', 'c', 'd', 'e', 'f']

export function LibrarySkeleton() {
  return (
    <div role="status" aria-label={texts.loadingYourWorkflows} className={css.all}>
      <div className={css.line} />
      <div className={css.strip}>
        {TEMPLATES.map(name => (
          <div key={name} className={css.template} />
        ))}
      </div>
      <div className={css.line} />
      <div className={css.grid}>
        {CARDS.map(name => (
          <div key={name} className={css.card} />
        ))}
      </div>
    </div>
  )
}
