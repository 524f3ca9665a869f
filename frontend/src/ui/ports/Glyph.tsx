/** The mark of a data type: its color and its shape, as ports have them. */
import { colourOf, shapeOf } from './colours'
import css from './Glyph.module.css'

export function Glyph({ type }: { type: string }) {
  return (
    <span
      className={css.glyph}
      data-shape={shapeOf(type)}
      style={{ '--glyph': colourOf(type) } as React.CSSProperties}
      aria-hidden
    />
  )
}
