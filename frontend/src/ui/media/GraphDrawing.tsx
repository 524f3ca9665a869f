/** A workflow's graph drawn small: its cards as they stand, its frames, its connections. */
import type { DocumentEdge, DocumentNode } from '../../api/document'
import css from './Cover.module.css'

/** The size of a card whose document does not say. */
const SIZE = { width: 256, height: 180 }
const FRAME = 'frame'
/** Free around the graph, and the least that a card is drawn with, as a share of the whole. */
const MARGIN = 0.06
const LEAST = 0.035

interface Box {
  id: string
  type: string
  x: number
  y: number
  width: number
  height: number
}

export function GraphDrawing({ nodes, edges }: { nodes: DocumentNode[]; edges: DocumentEdge[] }) {
  const boxes = nodes.map(
    ({ id, type, position, width = SIZE.width, height = SIZE.height }): Box => ({
      id,
      type,
      ...position,
      width,
      height,
    }),
  )
  const left = Math.min(...boxes.map(({ x }) => x))
  const top = Math.min(...boxes.map(({ y }) => y))
  const width = Math.max(...boxes.map(box => box.x + box.width)) - left
  const height = Math.max(...boxes.map(box => box.y + box.height)) - top
  const margin = MARGIN * Math.max(width, height)
  const least = LEAST * Math.max(width, height)
  const at = new Map(boxes.map(box => [box.id, box]))
  return (
    <svg
      className={css.graph}
      viewBox={[left - margin, top - margin, width + 2 * margin, height + 2 * margin].join(' ')}
      aria-hidden="true"
    >
      {boxes
        .filter(({ type }) => type === FRAME)
        .map(({ id, ...box }) => (
          <rect key={id} {...rect(box)} data-frame rx={least / 3} />
        ))}
      {edges.map(edge => {
        const [from, to] = [at.get(edge.source), at.get(edge.target)]
        if (!from || !to) return null
        const [x, y] = [from.x + from.width, from.y + from.height / 2]
        const bend = Math.max(least, Math.abs(to.x - x) / 2)
        const end = to.y + to.height / 2
        return (
          <path
            key={edge.id}
            d={`M${x},${y}C${x + bend},${y} ${to.x - bend},${end} ${to.x},${end}`}
          />
        )
      })}
      {boxes
        .filter(({ type }) => type !== FRAME)
        .map(({ id, ...box }) => (
          <rect
            key={id}
            {...rect(box)}
            width={Math.max(least, box.width)}
            height={Math.max(least, box.height)}
            rx={least / 3}
          />
        ))}
    </svg>
  )
}

const rect = ({ x, y, width, height }: Omit<Box, 'id'>) => ({ x, y, width, height })
