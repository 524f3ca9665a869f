/** The mark of a data type: its color and its shape, as ports have them. */
import { colorOf, shapeOf } from './colors'
import css from './Glyph.module.css'

export function Glyph({ type }: { type: string }) {
  return (
    <span
      className={css.glyph}
      data-shape={shapeOf(type)}
      style={{ '--glyph': colorOf(type) } as React.CSSProperties}
      aria-hidden
    />
  )
}
