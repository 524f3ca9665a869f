/** The initials of a provider or a server: OA for OpenAI. */
import { initials } from '../ui/shell/initials'
import css from './ModelsPage.module.css'

export function Mark({ name }: { name: string }) {
  return (
    <span className={css.mark} aria-hidden>
      {initials(name.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2'))}
    </span>
  )
}
