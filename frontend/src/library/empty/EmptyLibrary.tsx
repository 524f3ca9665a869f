/** What stands above the templates as long as a person has no workflow. */
import css from './EmptyLibrary.module.css'

export function EmptyLibrary() {
  return (
    <p className={css.line}>
      Copy one of these and press Run, or start with an empty canvas by pressing New.
    </p>
  )
}
