/** Take the workflow out as a file. */
import { Download } from 'lucide-react'
import type { Action } from '../action'

export const exportFile: Action = {
  id: 'export',
  label: 'Export…',
  icon: Download,
  menus: ['canvas'],
  run: ({ view }) => view.setState({ exporting: true }),
}
