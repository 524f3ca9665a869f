/** Choose a workflow file and bring it onto the canvas. */
import { Upload } from 'lucide-react'
import { ACCEPT } from '../../../importing/files'
import { beside, takeWorkflow } from '../../edits/importing'
import { texts } from '../../texts'
import type { Action } from '../action'

export const importFile: Action = {
  id: 'import',
  label: texts.import,
  icon: Upload,
  menus: ['canvas'],
  separated: true,
  run(session) {
    const chooser = document.createElement('input')
    chooser.type = 'file'
    chooser.accept = ACCEPT
    chooser.onchange = () => {
      const file = chooser.files?.[0]
      if (file) void takeWorkflow(session, file, beside(session))
    }
    chooser.click()
  },
}
