/** Choose with whom the workflow is shared. */
import { Users } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const share: Action = {
  id: 'share',
  label: texts.shareEllipsis,
  icon: Users,
  menus: ['canvas'],
  listed: ({ role }) => role === 'owner',
  when: ({ role }) => role === 'owner',
  run: ({ view }) => view.setState({ sharing: true }),
}
