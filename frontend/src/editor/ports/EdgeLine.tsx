/** An edge: colored by type, double when it carries a list, moving only while data goes through. */
import { type EdgeProps, getBezierPath } from '@xyflow/react'
import { memo } from 'react'
import type { Point } from '../../document/points'
import type { NodeRun } from '../../runs/fold'
import { colorOf, isList } from '../../ui/ports/colors'
import { lazily } from '../../ui/shell/lazily'
import type { CanvasEdge } from '../flow/flow'
import { along, type Cubic, pathOf, route } from '../flow/route'
import { useNodeRunValue } from '../run/hooks'
import css from './EdgeLine.module.css'

// Few connections have points, and one is selected at a time.
const Points = lazily(
  async () => (await import('./Points')).Points,
  () => null,
)

export const EdgeLine = memo(function EdgeLine(props: EdgeProps<CanvasEdge>) {
  const { source, target, sourceHandleId, data, selected } = props
  const kind = data?.kind ?? 'any'
  const port = (sourceHandleId ?? '').replace(/-out$/, '')
  const live = useNodeRunValue(target, run => run.state === 'running')
  const items = useNodeRunValue(source, run => carried(run, port))
  const points = data?.points.length ? data.points : null
  const curves = points && route(...portsOf(props), points)
  const [path, x, y] = curves ? [pathOf(curves), ...middleOf(curves)] : getBezierPath(props)
  const label = typeof data?.edge.data?.label === 'string' ? data.edge.data.label : ''
  const words = [items !== null && `×${items}`, label].filter(Boolean).join(' ')
  const double = isList(kind) || items !== null
  return (
    <g
      className={css.edge}
      data-into={`${target} ${props.targetHandleId}`}
      data-selected={selected || undefined}
      data-live={live || undefined}
      data-idle={data?.idle || undefined}
      style={{ color: colorOf(kind) }}
    >
      {double && <path d={path} className={css.outer} />}
      <path d={path} className={css.line} data-inner={double || undefined} />
      <path
        d={path}
        className="react-flow__edge-interaction"
        fill="none"
        strokeOpacity={0}
        strokeWidth={20}
      />
      {(points || selected) && data && (
        <Points edge={data.edge} curves={curves ?? route(...portsOf(props))} open={selected} />
      )}
      {words && (
        <g transform={`translate(${x} ${y})`} className={css.label}>
          <rect
            x={-words.length * 3.6 - 7}
            y={-9}
            width={words.length * 7.2 + 14}
            height={18}
            rx={9}
          />
          <text dy="4">{words}</text>
        </g>
      )}
    </g>
  )
})

/** How many items the edge carries; null for a single value. */
function carried(run: NodeRun, port: string): number | null {
  const value = run.output?.[port]
  return Array.isArray(value) ? value.length : null
}

const portsOf = ({ sourceX, sourceY, targetX, targetY }: EdgeProps): [Point, Point] => [
  { x: sourceX, y: sourceY },
  { x: targetX, y: targetY },
]

function middleOf(curves: readonly Cubic[]): [number, number] {
  const curve = curves[curves.length >> 1] as Cubic
  // Between two points, or beside the one there is: not on it.
  const { x, y } = along(curve, curves.length % 2 ? 0.5 : 0.3)
  return [x, y]
}
