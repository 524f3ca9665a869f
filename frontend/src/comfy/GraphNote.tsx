/** A note of a ComfyUI graph, as the text it is: nothing in it is interpreted. */
import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { fileColour } from './colours'
import css from './Graph.module.css'
import type { GraphNode } from './scene'

export const GraphNote = memo(
  function GraphNote({ data, selected }: NodeProps<GraphNode>) {
    const { node } = data
    const tint = fileColour(node.color)
    return (
      <section
        className={css.note}
        data-selected={selected || undefined}
        aria-label={node.title || 'Note'}
        style={tint ? ({ '--tint': tint } as object) : undefined}
      >
        <header>{node.title || 'Note'}</header>
        <p>{node.note}</p>
      </section>
    )
  },
  (a, b) => a.data === b.data && a.selected === b.selected,
)
