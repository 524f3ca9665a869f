/** Make the form of the workflow: which fields it has and how it shows them. */
import { AppWindow } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const app: Action = {
  id: 'app',
  label: texts.editTheApp,
  icon: AppWindow,
  menus: ['canvas'],
  run: ({ view }) => view.setState(({ app }) => ({ app: !app })),
}
