/** Take the workflow out as a file. */
import { Download } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const exportFile: Action = {
  id: 'export',
  label: texts.export,
  icon: Download,
  menus: ['canvas'],
  run: ({ view }) => view.setState({ exporting: true }),
}
