/** What a bypassed node passes on: a dotted line from port to port, and in words below. */

import { colorOf } from '../../ui/ports/colors'
import type { CardData } from '../flow/flow'
import { useSession } from '../session'
import css from './Passing.module.css'
import { texts } from './texts'

export function Passing({ data }: { data: CardData }) {
  const { catalog } = useSession()
  const { layout, status } = data
  const port = (id: string, side: 'in' | 'out') =>
    layout.ports.find(port => port.id === id && port.side === side)
  const lines = status.through.flatMap(([from, to]) => {
    const [a, b] = [port(from, 'in'), port(to, 'out')]
    return a && b ? [{ a, b }] : []
  })
  const types = [...new Set(lines.map(({ b }) => catalog.rules.label(b.type)))]
  const { width, height } = layout
  return (
    <div className={css.passing}>
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {lines.map(({ a, b }) => (
          <path
            key={b.id}
            d={`M0,${a.y} C${width * 0.4},${a.y} ${width * 0.6},${b.y} ${width},${b.y}`}
            stroke={colorOf(b.type)}
          />
        ))}
      </svg>
      <p>{types.length ? texts.passesThrough(types.join(', ')) : texts.nothingPassesThrough}</p>
    </div>
  )
}
