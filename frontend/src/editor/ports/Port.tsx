/** A port: shape and color by type, a ring when it must be fed, dim when it does not fit. */
import { Handle, Position } from '@xyflow/react'
import { memo, type MouseEvent as ReactMouseEvent } from 'react'
import { useStore } from 'zustand'
import type { PortRules } from '../../catalog/rules'
import { colorOf, isList, shapeOf } from '../../ui/ports/colors'
import type { PortSpec } from '../flow/rows'
import { useSession } from '../session'
import { texts } from '../texts'
import type { Connecting } from '../view'
import css from './Port.module.css'

interface Props {
  port: PortSpec
  node: string
  /** Required, with neither an edge nor a value. */
  empty: boolean
}

export const Port = memo(function Port({ port, node, empty }: Props) {
  const { view, store, catalog } = useSession()
  const { rules } = catalog
  const fit = useStore(view, state => fitOf(rules, state.connecting, port, node))
  const input = port.side === 'in'
  const words = `${port.label}: ${rules.label(port.type)}`
  return (
    <Handle
      id={port.id}
      type={input ? 'target' : 'source'}
      position={input ? Position.Left : Position.Right}
      isConnectable={store.canEdit && !port.lost}
      onMouseDownCapture={input && !port.many ? pickUp : undefined}
      className={css.port}
      data-shape={shapeOf(port.type)}
      data-list={isList(port.type) || port.many || undefined}
      data-empty={empty || undefined}
      data-fit={fit}
      data-quiet={port.quiet || undefined}
      data-lost={port.lost || undefined}
      title={empty ? texts.requiredPort(words) : words}
      style={{ top: port.y, color: port.lost ? 'var(--bad)' : colorOf(port.type) }}
    />
  )
})

/**
 * Pressing a port that takes one connection and has it picks up the end of that connection; with Alt
 * a new one begins. React Flow has a place for it at the end of each edge: the press goes there.
 */
function pickUp(event: ReactMouseEvent<HTMLElement>): void {
  const { nodeid, handleid } = event.currentTarget.dataset
  if (event.button !== 0 || event.altKey || !nodeid || !handleid) return
  const end = edgeEnd(nodeid, handleid)
  if (!end) return
  event.stopPropagation()
  event.preventDefault()
  const { clientX, clientY } = event
  end.dispatchEvent(new MouseEvent('mousedown', { clientX, clientY, bubbles: true, button: 0 }))
}

/** Where the connection into a port can be picked up; null when the port has none. */
function edgeEnd(node: string, handle: string): Element | null {
  const edge = document.querySelector(`[data-into="${CSS.escape(node)} ${CSS.escape(handle)}"]`)
  return (
    edge?.closest('.react-flow__edge')?.querySelector('.react-flow__edgeupdater-target') ?? null
  )
}

/** A port on a card that is not whole yet: it is seen, at a fraction of what a real one costs. */
export function PortPlace({ port }: { port: PortSpec }) {
  const [side, end] = port.side === 'in' ? ['left', 'target'] : ['right', 'source']
  return (
    <i
      className={`react-flow__handle react-flow__handle-${side} ${end} ${css.port}`}
      data-handleid={port.id}
      data-handlepos={side}
      data-shape={shapeOf(port.type)}
      data-quiet={port.quiet || undefined}
      style={{ top: port.y, color: colorOf(port.type) }}
    />
  )
}

/** Whether the connection being drawn fits here: `fits`, `dim`, or undefined while none is drawn. */
function fitOf(
  rules: PortRules,
  connecting: Connecting | null,
  port: PortSpec,
  node: string,
): string | undefined {
  if (!connecting) return undefined
  if (connecting.node === node) return connecting.handle === port.id ? undefined : 'dim'
  if (connecting.side === port.side || port.lost) return 'dim'
  const [from, to] =
    connecting.side === 'out' ? [connecting.type, port.type] : [port.type, connecting.type]
  return rules.fits(from, to) ? 'fits' : 'dim'
}
