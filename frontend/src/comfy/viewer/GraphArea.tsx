/** A group of a ComfyUI graph: a tinted ground with its title. */
import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { fileColor } from '../graph/colors'
import css from '../graph/Graph.module.css'
import type { AreaNode } from '../graph/scene'

export const GraphArea = memo(function GraphArea({ data }: NodeProps<AreaNode>) {
  const tint = fileColor(data.group.color)
  return (
    <div className={css.area} style={tint ? ({ '--tint': tint } as object) : undefined}>
      <span>{data.group.title}</span>
    </div>
  )
})
