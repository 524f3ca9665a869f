/** Find nodes of the workflow, and step through what was found. */
import { Search } from 'lucide-react'
import { step } from '../../find/step'
import { texts } from '../../texts'
import type { Action } from '../action'

export const find: Action = {
  id: 'find',
  label: texts.findNodes,
  shortcut: '$mod+f',
  icon: Search,
  menus: ['canvas'],
  run: ({ view }) => view.setState(({ find }) => ({ find: find ?? { query: '', at: 0 } })),
}

export const findNext: Action = {
  id: 'find-next',
  label: texts.findNext,
  shortcut: 'F3',
  when: ({ view }) => view.getState().find !== null,
  run: session => step(session, 1),
}

export const findPrevious: Action = {
  id: 'find-previous',
  label: texts.findPrevious,
  shortcut: 'Shift+F3',
  when: ({ view }) => view.getState().find !== null,
  run: session => step(session, -1),
}
