/** Open the command palette. */
import { Command } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const commands: Action = {
  id: 'commands',
  label: texts.commands,
  shortcut: '$mod+k',
  icon: Command,
  menus: ['canvas'],
  run: ({ view }) => view.setState({ commands: true }),
}
