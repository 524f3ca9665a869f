/** The playground before its form has come: the same boxes, still empty. */
import css from './PlaySkeleton.module.css'
import { texts } from './texts'

export function PlaySkeleton() {
  return (
    <div role="status" aria-label={texts.loadingTheWorkflow}>
      <div className={css.bar} />
      <div className={css.main}>
        <div className={css.title} />
        <div className={css.form}>
          <i />
          <i />
          <i />
        </div>
        <div className={css.result} />
      </div>
    </div>
  )
}
