/** The menu under the right button: the actions that fit what was clicked. */

import { useCallback } from 'react'
import { useStore } from 'zustand'
import { Menu } from '../../ui/controls/Menu'
import { ACTIONS } from '../actions'
import { keysOf } from '../actions/keys'
import { useSession } from '../session'
import { texts } from '../texts'

const NAMES = { canvas: texts.canvas, node: texts.node, edge: texts.connection }

export function ContextMenu() {
  const session = useSession()
  const menu = useStore(session.view, state => state.menu)
  const close = useCallback(() => session.view.setState({ menu: null }), [session])
  if (!menu) return null
  const items = ACTIONS.filter(
    action => action.menus?.includes(menu.kind) && (action.listed?.(session) ?? true),
  ).map(action => ({
    id: action.id,
    label: action.named?.(session) ?? action.label,
    shortcut: keysOf(action),
    icon: action.icon && <action.icon size={15} />,
    danger: action.danger,
    separated: action.separated,
    disabled: action.when ? !action.when(session) : false,
    run: () => action.run(session, menu),
  }))
  return <Menu at={menu.at} label={NAMES[menu.kind]} items={items} onClose={close} />
}
