/** A note of a ComfyUI graph: Markdown where its class says so, else the text it is. */

import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { ComfyNode } from '../../api/schema'
import { Markdown } from '../../ui/text/Markdown'
import { texts } from '../texts'
import { fileColor } from './colors'
import css from './Graph.module.css'
import type { GraphNode } from './scene'

/** What a note says. */
export function NoteText({ node }: { node: ComfyNode }) {
  const text = node.note ?? ''
  // As much as a user reads; what is longer is shown as it is.
  if (node.type !== 'MarkdownNote' || text.length > MOST_MARKDOWN) return <p>{text}</p>
  return <Markdown text={text} />
}

const MOST_MARKDOWN = 50_000

export const GraphNote = memo(
  function GraphNote({ data, selected }: NodeProps<GraphNode>) {
    const { node } = data
    const tint = fileColor(node.color)
    return (
      <section
        className={css.note}
        data-selected={selected || undefined}
        aria-label={node.title || texts.note}
        style={tint ? ({ '--tint': tint } as object) : undefined}
      >
        <header>{node.title || texts.note}</header>
        <NoteText node={node} />
      </section>
    )
  },
  (a, b) => a.data === b.data && a.selected === b.selected,
)
