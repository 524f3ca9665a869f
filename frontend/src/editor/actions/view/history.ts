/** Show the history of the workflow beside the canvas, or hide it. */
import { History } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const history: Action = {
  id: 'historyPanel',
  label: texts.historyPanel,
  shortcut: 'h',
  icon: History,
  menus: ['canvas'],
  when: ({ role }) => role !== null,
  run: ({ view }) =>
    view.setState(({ history, comments }) => ({
      history: !history,
      outline: false,
      assets: false,
      comments: { ...comments, panel: false },
    })),
}
