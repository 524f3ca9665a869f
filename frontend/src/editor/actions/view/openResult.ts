/** Show the result of the selected node at full size. */
import { Maximize2 } from 'lucide-react'
import { openResult } from '../../results/open'
import { texts } from '../../texts'
import { type Action, selection } from '../action'

export const openResultAction: Action = {
  id: 'open-result',
  label: texts.openTheResult,
  shortcut: 'v',
  icon: Maximize2,
  menus: ['node'],
  when(session) {
    const [id, ...others] = selection(session)
    return id !== undefined && !others.length && session.runs.node(id).output !== null
  },
  run(session) {
    const [id] = selection(session)
    if (id !== undefined) openResult(session, id)
  },
}
