/** The ⋯ of the top bar: what is done with the workflow as a whole, in reach on a phone too. */

import { AppWindow, Ellipsis } from 'lucide-react'
import { Button } from '../../ui/controls/Button'
import type { MenuItem } from '../../ui/controls/Menu'
import { useMenu } from '../../ui/controls/useMenu'
import { keysOf } from '../actions/keys'
import { shortcuts } from '../actions/view/shortcuts'
import { theme } from '../actions/view/theme'
import { app } from '../actions/workflow/app'
import { exportFile } from '../actions/workflow/exportFile'
import { importFile } from '../actions/workflow/importFile'
import { openHistory } from '../actions/workflow/openHistory'
import { share } from '../actions/workflow/share'
import { useAsApi } from '../actions/workflow/useAsApi'
import { type Session, useSession } from '../session'
import { texts } from '../texts'

const ACTIONS = [openHistory, importFile, exportFile, share, app, useAsApi, theme, shortcuts]
/** px; below this the top bar has no room for the link to the playground. */
const NARROW = 640

export function MoreMenu() {
  const session = useSession()
  const { opener, menu } = useMenu(texts.workflow, () => itemsFor(session))
  return (
    <>
      <Button
        tone="ghost"
        label={texts.importExportAndMore}
        icon={<Ellipsis aria-hidden size={17} />}
        {...opener}
      />
      {menu}
    </>
  )
}

function itemsFor(session: Session): MenuItem[] {
  const items: MenuItem[] = ACTIONS.filter(({ when }) => when?.(session) !== false).map(
    (action, i) => ({
      id: action.id,
      label: action.label,
      shortcut: keysOf(action),
      icon: action.icon && <action.icon aria-hidden size={15} />,
      separated: i > 0 && action.separated,
      run: () => action.run(session),
    }),
  )
  if (innerWidth <= NARROW) {
    items.splice(3, 0, {
      id: 'play',
      label: texts.playground,
      icon: <AppWindow aria-hidden size={15} />,
      separated: true,
      run: () => void session.leave(`/play/${session.slug}`),
    })
  }
  return items
}
