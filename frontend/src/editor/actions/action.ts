/** What an action is. Menus, the keyboard and the shortcut list all read the same ones. */
import type { LucideIcon } from 'lucide-react'
import type { Session } from '../session'
import { texts } from '../texts'
import type { MenuRequest } from '../view'

export interface Action {
  id: string
  label: string
  /** What it is called now, where that depends on what is selected. */
  named?: (session: Session) => string
  /** In tinykeys' notation; `$mod` is Cmd on a Mac and Ctrl elsewhere. */
  shortcut?: string | undefined
  /** Further keys for the same thing, not shown in menus. */
  alsoKeys?: string[]
  icon?: LucideIcon | undefined
  /** The context menus it appears in. */
  menus?: readonly ('canvas' | 'node' | 'edge')[]
  /** Whether menus list it at all: for what only few nodes have. */
  listed?: (session: Session) => boolean
  danger?: boolean | undefined
  separated?: boolean | undefined
  /** Whether it can be done now. */
  when?: (session: Session) => boolean
  /** Do it; `menu` is the menu it was chosen in, which is closed by then. */
  run: (session: Session, menu?: MenuRequest) => void
}

const APPLE = typeof navigator !== 'undefined' && /Mac|iP(hone|ad)/.test(navigator.platform)
const WORDS: Record<string, string> = {
  $mod: APPLE ? '⌘' : texts.ctrl,
  Shift: APPLE ? '⇧' : texts.shift,
  Alt: APPLE ? '⌥' : texts.alt,
  Delete: texts.del,
  Escape: texts.esc,
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Equal: '+',
  Minus: '−',
}

/** A shortcut as it is printed on keys. */
export function printed(shortcut: string | undefined): string {
  if (!shortcut) return ''
  return shortcut
    .split('+')
    .map(key => WORDS[key] ?? (key.length === 1 ? key.toUpperCase() : key))
    .join(APPLE ? '' : '+')
}

export const selection = (session: Session) => session.flow.state.getState().selected
export const selectedEdges = (session: Session) => session.flow.state.getState().selectedEdges
export const canEdit = (session: Session) => session.store.canEdit

/** Whether the workflow may be run from this canvas. */
export const canRun = ({ canRun }: Session): boolean => canRun
