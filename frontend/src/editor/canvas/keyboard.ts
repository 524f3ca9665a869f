/** Shortcuts and the clipboard for one editor page; silent while the user types. */
import { tinykeys } from 'tinykeys'
import { isTyping } from '../../ui/isTyping'
import { viewer } from '../../ui/viewer/open'
import { ACTIONS } from '../actions'
import type { Action } from '../actions/action'
import { fillClipboard } from '../actions/graph/copy'
import { takeClipboard } from '../actions/graph/paste'
import { ownKeys, shortcutOf } from '../actions/keys'
import { remove } from '../edits/commands'
import type { Session } from '../session'
import { intoCard, outOfCard } from './focus'
import { pointer } from './pointer'

/** Keys to which the browser responds with an event of its own, which we take instead. */
const CLIPBOARD = new Set(['copy', 'cut', 'paste'])
/** Actions that make sense while typing too. */
const WHILE_TYPING = new Set([
  'save',
  'run-all',
  'run-alone',
  'run-node',
  'run-from',
  'cancel-run',
  'find',
  'commands',
])

/** Begin to listen. Returns how to stop. */
export function listen(session: Session): () => void {
  let stopKeys = listenToKeys(session)
  const changed = ownKeys.subscribe(() => {
    stopKeys()
    stopKeys = listenToKeys(session)
  })
  const stops = [() => stopKeys(), changed, pointer.follow()]
  const on = <K extends 'copy' | 'cut' | 'paste'>(type: K, run: (e: ClipboardEvent) => boolean) => {
    const hear = (event: ClipboardEvent) => {
      const selected = getSelection()?.toString()
      if (isTyping(event.target) || blocked(session) || (type !== 'paste' && selected)) return
      if (run(event)) event.preventDefault()
    }
    document.addEventListener(type, hear)
    stops.push(() => document.removeEventListener(type, hear))
  }
  on('copy', event => fillClipboard(session, event.clipboardData))
  on('cut', event => {
    if (!session.store.canEdit || !fillClipboard(session, event.clipboardData)) return false
    remove(session, session.flow.state.getState().selected)
    return true
  })
  on('paste', event => takeClipboard(session, event.clipboardData))
  const walk = (event: KeyboardEvent) => walkCards(session, event)
  document.addEventListener('keydown', walk)
  stops.push(() => document.removeEventListener('keydown', walk))
  return () => {
    for (const stop of stops) stop()
  }
}

/** Do what keys mean, those that are declared and those that the user has given instead. */
function listenToKeys(session: Session): () => void {
  const meant: Record<string, Action[]> = {}
  const actions = ACTIONS.filter(action => !CLIPBOARD.has(action.id))
  for (const action of actions) {
    const shortcut = shortcutOf(action)
    if (shortcut) add(meant, shortcut, action)
  }
  for (const action of actions) for (const key of action.alsoKeys ?? []) add(meant, key, action)
  const keys = Object.fromEntries(
    Object.entries(meant).map(([key, list]) => [
      key,
      // The first that can be done is done: it takes the event.
      (event: KeyboardEvent) => {
        for (const action of list) perform(session, action, event)
      },
    ]),
  )
  return tinykeys(window, keys)
}

function add(meant: Record<string, Action[]>, key: string, action: Action): void {
  meant[key] = [...(meant[key] ?? []), action]
}

function perform(session: Session, action: Action, event: KeyboardEvent): void {
  // Escape out of a card has been taken already.
  if (event.defaultPrevented) return
  if (isTyping(event.target) && !WHILE_TYPING.has(action.id)) return
  if (dialogOpen(session) || (blocked(session) && action.id !== 'escape')) return
  if (action.id.startsWith('nudge') && !onCanvas(event.target)) return
  if (action.when && !action.when(session)) {
    if (action.id === 'save') event.preventDefault()
    return
  }
  if (WHILE_TYPING.has(action.id) && isTyping(event.target)) {
    // What is being typed belongs to this run or save: hand it over first.
    ;(event.target as HTMLElement).blur()
  }
  event.preventDefault()
  action.run(session)
}

/** Enter or Space selects a focused card or connection, Enter on a selected one goes into it, Escape out again. */
function walkCards(session: Session, event: KeyboardEvent): void {
  const target = event.target as HTMLElement
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.defaultPrevented || blocked(session)) return
  if (event.key === 'Escape') {
    if (outOfCard(target)) event.preventDefault()
    return
  }
  if (event.key !== 'Enter' && event.key !== ' ') return
  if (target.classList?.contains('react-flow__edge') && target.dataset.id !== undefined) {
    event.preventDefault()
    session.flow.select([], [target.dataset.id])
    return
  }
  const id = target.classList?.contains('react-flow__node') ? target.dataset.id : undefined
  if (!id) return
  event.preventDefault()
  const { selected } = session.flow.state.getState()
  const already = selected.length === 1 && selected[0] === id
  if (!already) session.flow.select([id])
  else if (event.key === 'Enter') intoCard(target)
}

function onCanvas(target: EventTarget | null): boolean {
  return (
    !(target instanceof Element) ||
    target === document.body ||
    target.matches(
      '.react-flow__node, .react-flow__pane, .react-flow, .react-flow__nodesselection-rect',
    )
  )
}

/** An open dialog has the keyboard to itself; Escape closes it by the browser's own doing. */
function dialogOpen(session: Session): boolean {
  const { shortcuts, api, exporting, pendingImport, graph, provider, handles } =
    session.view.getState()
  if (handles?.large) return true
  if (viewer.getState().request || session.view.getState().variations) return true
  return (
    shortcuts || api || exporting || pendingImport !== null || graph !== null || provider !== null
  )
}

function blocked(session: Session): boolean {
  const { palette, menu, picker, commands } = session.view.getState()
  return Boolean(palette || menu || picker || commands || dialogOpen(session))
}
