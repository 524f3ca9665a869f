/** Show how programs run this workflow, and who else may. */
import { Braces } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const useAsApi: Action = {
  id: 'use-as-api',
  label: texts.useAsApi,
  icon: Braces,
  menus: ['canvas'],
  separated: true,
  run: ({ view }) => view.setState({ api: true }),
}
