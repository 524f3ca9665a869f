/** Close what is open, else let the selection go. */

import { texts } from '../../texts'
import type { Action } from '../action'

export const clearSelection: Action = {
  id: 'escape',
  label: texts.deselect,
  shortcut: 'Escape',
  run({ flow, view }) {
    const { palette, menu, comments } = view.getState()
    if (palette || menu) view.setState({ palette: null, menu: null })
    else if (comments.thread || comments.draft)
      view.setState({ comments: { ...comments, thread: null, draft: null } })
    else flow.select([])
  },
}
