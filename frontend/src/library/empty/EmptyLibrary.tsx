/** What is above the templates as long as a user has no workflow. */

import { texts } from '../texts'
import css from './EmptyLibrary.module.css'

export function EmptyLibrary() {
  return <p className={css.line}>{texts.copyOneOfTheseAndPress}</p>
}
