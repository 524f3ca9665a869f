/** Show the files of the account beside the canvas, or hide them. */
import { Images } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const assets: Action = {
  id: 'assets',
  label: texts.assets,
  shortcut: 'i',
  icon: Images,
  menus: ['canvas'],
  run: ({ view }) =>
    view.setState(({ assets, comments }) => ({
      assets: !assets,
      outline: false,
      history: false,
      comments: { ...comments, panel: false },
    })),
}
