/** Show the workflow as a list, or hide it. */
import { ListTree } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const outline: Action = {
  id: 'outline',
  label: texts.outline,
  shortcut: 'o',
  icon: ListTree,
  menus: ['canvas'],
  run: ({ view }) =>
    view.setState(({ outline, comments }) => ({
      outline: !outline,
      assets: false,
      history: false,
      comments: { ...comments, panel: false },
    })),
}
