/** What stands above the templates as long as a person has no workflow. */
import css from './EmptyLibrary.module.css'

export function EmptyLibrary() {
  return (
    <p className={css.line}>
      Take one of these as your own and press Run, or begin with an empty canvas by pressing New.
    </p>
  )
}
