/** The connection that was dropped, kept in sight while the user chooses what it goes to. */

import { colorOf } from '../../ui/ports/colors'
import type { Connecting } from '../view'
import css from './HeldConnection.module.css'

export function HeldConnection({
  connecting,
  to,
}: {
  connecting: Connecting
  to: { x: number; y: number }
}) {
  const port = document
    .querySelector(`.react-flow__node[data-id="${CSS.escape(connecting.node)}"]`)
    ?.querySelector(`[data-handleid="${CSS.escape(connecting.handle)}"]`)
  if (!port) return null
  const box = port.getBoundingClientRect()
  const from = { x: box.left + box.width / 2, y: box.top + box.height / 2 }
  const bend = Math.max(40, Math.abs(to.x - from.x) / 2) * (connecting.side === 'out' ? 1 : -1)
  return (
    <svg className={css.connection} aria-hidden="true">
      <path
        d={`M${from.x},${from.y} C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`}
        stroke={colorOf(connecting.type)}
      />
    </svg>
  )
}
