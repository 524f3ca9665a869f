/** Select every node. */
import { BoxSelect } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const selectAll: Action = {
  id: 'select-all',
  label: texts.selectAll,
  shortcut: '$mod+a',
  icon: BoxSelect,
  menus: ['canvas'],
  run: ({ flow, store }) => flow.select(store.document.nodes.map(node => node.id)),
}
