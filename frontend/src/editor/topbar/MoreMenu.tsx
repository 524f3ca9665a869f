/** The ⋯ of the top bar: what is done with the workflow as a whole, in reach on a phone too. */

import { AppWindow, Ellipsis } from 'lucide-react'
import { useCallback, useRef, useState } from 'react'
import { Button } from '../../ui/controls/Button'
import { Menu, type MenuItem } from '../../ui/controls/Menu'
import { keysOf } from '../actions/keys'
import { shortcuts } from '../actions/view/shortcuts'
import { theme } from '../actions/view/theme'
import { app } from '../actions/workflow/app'
import { exportFile } from '../actions/workflow/exportFile'
import { importFile } from '../actions/workflow/importFile'
import { openHistory } from '../actions/workflow/openHistory'
import { share } from '../actions/workflow/share'
import { useAsApi } from '../actions/workflow/useAsApi'
import { useSession } from '../session'
import { texts } from '../texts'

const ACTIONS = [openHistory, importFile, exportFile, share, app, useAsApi, theme, shortcuts]
/** px; below this the top bar has no room for the link to the playground. */
const NARROW = 640

export function MoreMenu() {
  const session = useSession()
  const place = useRef<HTMLSpanElement>(null)
  const [at, setAt] = useState<{ x: number; y: number } | null>(null)
  const close = useCallback(() => {
    setAt(null)
    place.current?.querySelector('button')?.focus()
  }, [])
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
  return (
    <span ref={place}>
      <Button
        tone="ghost"
        label={texts.importExportAndMore}
        icon={<Ellipsis aria-hidden size={17} />}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        onClick={() => {
          const box = place.current?.getBoundingClientRect()
          if (box) setAt({ x: box.left, y: box.bottom + 6 })
        }}
      />
      {at && <Menu at={at} label={texts.workflow} items={items} onClose={close} />}
    </span>
  )
}
