/** Show the whole graph. */
import { Maximize } from 'lucide-react'
import { fit } from '../../canvas/viewport'
import type { Action } from '../action'

export const fitView: Action = {
  id: 'fit',
  label: 'Zoom to fit',
  shortcut: 'f',
  icon: Maximize,
  menus: ['canvas'],
  run: session => fit(session),
}
