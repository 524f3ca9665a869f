/** A group of a ComfyUI graph: a tinted ground with its title. */
import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { fileColour } from '../graph/colours'
import css from '../graph/Graph.module.css'
import type { AreaNode } from '../graph/scene'

export const GraphArea = memo(function GraphArea({ data }: NodeProps<AreaNode>) {
  const tint = fileColour(data.group.color)
  return (
    <div className={css.area} style={tint ? ({ '--tint': tint } as object) : undefined}>
      <span>{data.group.title}</span>
    </div>
  )
})
