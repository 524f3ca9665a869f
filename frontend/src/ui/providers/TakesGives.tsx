/** What a model takes and gives, as the marks of the port types; in words for who does not see them. */
import { Glyph } from '../ports/Glyph'
import css from './TakesGives.module.css'

interface Props {
  takes: readonly string[]
  gives: readonly string[]
}

export function TakesGives({ takes, gives }: Props) {
  if (!takes.length && !gives.length) return null
  return (
    <span className={css.ports} aria-hidden>
      {takes.map(type => (
        <Glyph key={type} type={type} />
      ))}
      <i>→</i>
      {gives.map(type => (
        <Glyph key={type} type={type} />
      ))}
    </span>
  )
}
