/** The wire that was dropped, kept in sight while the user chooses what it goes to. */

import { colorOf } from '../../ui/ports/colors'
import type { Connecting } from '../view'
import css from './HeldWire.module.css'

export function HeldWire({ wire, to }: { wire: Connecting; to: { x: number; y: number } }) {
  const port = document
    .querySelector(`.react-flow__node[data-id="${CSS.escape(wire.node)}"]`)
    ?.querySelector(`[data-handleid="${CSS.escape(wire.handle)}"]`)
  if (!port) return null
  const box = port.getBoundingClientRect()
  const from = { x: box.left + box.width / 2, y: box.top + box.height / 2 }
  const bend = Math.max(40, Math.abs(to.x - from.x) / 2) * (wire.side === 'out' ? 1 : -1)
  return (
    <svg className={css.wire} aria-hidden="true">
      <path
        d={`M${from.x},${from.y} C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`}
        stroke={colorOf(wire.type)}
      />
    </svg>
  )
}
