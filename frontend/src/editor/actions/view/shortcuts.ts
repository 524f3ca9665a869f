/** Show the list of shortcuts. */
import { Keyboard } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const shortcuts: Action = {
  id: 'shortcuts',
  label: texts.keyboardShortcuts,
  shortcut: '?',
  // On most keyboards the question mark comes with Shift, on some without.
  alsoKeys: ['Shift+?'],
  icon: Keyboard,
  run: ({ view }) => view.setState({ shortcuts: true }),
}
