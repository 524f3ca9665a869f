/** Show the whole graph. */
import { Maximize } from 'lucide-react'
import { fit } from '../../canvas/viewport'
import { texts } from '../../texts'
import type { Action } from '../action'

export const fitView: Action = {
  id: 'fit',
  label: texts.zoomToFit,
  shortcut: 'f',
  icon: Maximize,
  menus: ['canvas'],
  run: session => fit(session),
}
