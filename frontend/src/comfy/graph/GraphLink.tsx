/** A link of a ComfyUI graph, colored by the type it carries. */
import { type EdgeProps, getBezierPath } from '@xyflow/react'
import { memo } from 'react'
import { typeColorCss } from './colors'
import css from './Graph.module.css'
import type { GraphLink as LinkOfGraph } from './scene'

export const GraphLink = memo(function GraphLink(props: EdgeProps<LinkOfGraph>) {
  const [path] = getBezierPath(props)
  const kind = props.data?.kind ?? '*'
  return <path d={path} className={css.link} style={{ stroke: typeColorCss(kind) }} />
})
