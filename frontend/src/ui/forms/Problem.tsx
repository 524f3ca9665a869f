/** What is wrong with a form as a whole. */
import css from './forms.module.css'

export function Problem({ text }: { text: string }) {
  if (!text) return null
  return (
    <p className={css.bad} role="alert">
      {text}
    </p>
  )
}
