/** Select every node. */
import { BoxSelect } from 'lucide-react'
import type { Action } from '../action'

export const selectAll: Action = {
  id: 'select-all',
  label: 'Select all',
  shortcut: '$mod+a',
  icon: BoxSelect,
  menus: ['canvas'],
  run: ({ flow, store }) => flow.select(store.document.nodes.map(node => node.id)),
}
