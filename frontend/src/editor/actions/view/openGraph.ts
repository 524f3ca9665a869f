/** Open the graph inside the selected ComfyUI workflow. */
import { Maximize2 } from 'lucide-react'
import { graphOf } from '../../comfy/comfy'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, selection } from '../action'

/** The selected node, if it is one alone and has a graph. */
function holder(session: Session): string | undefined {
  const [id, ...others] = selection(session)
  const node = id !== undefined && !others.length ? session.store.node(id) : undefined
  if (!node || session.catalog.get(node.type)?.dynamic !== 'declared') return undefined
  return graphOf(node.data) ? id : undefined
}

const has = (session: Session) => holder(session) !== undefined

export const openGraph: Action = {
  id: 'open-graph',
  label: texts.openGraph,
  shortcut: 'g',
  icon: Maximize2,
  menus: ['node'],
  listed: has,
  when: has,
  run(session) {
    const node = holder(session)
    if (node) session.view.setState({ graph: { node } })
  },
}
