/** Put the field that the menu was opened on into the app, or take it out again. */
import { AppWindow } from 'lucide-react'
import { specOf } from '../../../ui/fields/spec'
import { appEdge, canShow, showInApp, takeOutOfApp } from '../../edits/inApp'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

/** The field that is meant, and whether it is in the app; null where it cannot be. */
function meant(session: Session, menu = session.view.getState().menu) {
  const name = menu?.field
  const [id] = selection(session)
  const node = id === undefined || name === undefined ? undefined : session.store.node(id)
  const input = node && session.catalog.inputsOf(node).find(port => port.name === name)
  if (!node || !input) return null
  const shown = appEdge(session, node.id, input) !== undefined
  return shown || canShow(session, node.id, input) ? { id: node.id, input, shown } : null
}

export const inApp: Action = {
  id: 'show-in-app',
  label: texts.showFieldInApp,
  named(session) {
    const found = meant(session)
    if (!found) return texts.showFieldInApp
    const { label } = specOf(found.input)
    return found.shown ? texts.takeOutOfApp(label) : texts.showInApp(label)
  },
  icon: AppWindow,
  menus: ['node'],
  listed: session => meant(session) !== null,
  when: session => canEdit(session) && meant(session) !== null,
  run(session, menu) {
    const found = meant(session, menu)
    if (!found) return
    if (found.shown) takeOutOfApp(session, found.id, found.input)
    else showInApp(session, found.id, found.input)
  },
}
