/** Open the history of the workflow, once everything is saved. */
import { History } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const openHistory: Action = {
  id: 'history',
  label: texts.history,
  shortcut: '$mod+Shift+h',
  icon: History,
  listed: ({ role }) => role !== null,
  when: ({ role }) => role !== null,
  run: session => void session.leave(`/workflows/${encodeURIComponent(session.slug)}/history`),
}
