/** What the command palette offers: actions that can be done now, nodes to go to and to add, workflows. */

import type { WorkflowSummary } from '../../api/schema'
import { searchOf } from '../../catalog/search'
import { editorUrl } from '../../ui/workflows/queries'
import { ACTIONS } from '../actions'
import type { Action } from '../actions/action'
import { keysOf } from '../actions/keys'
import { addNode } from '../edits/commands'
import type { Choice } from '../palette/NodeList'
import type { Session } from '../session'
import { texts } from '../texts'
import { matchesOf } from './matches'

/** A row of the command palette, and what it does. */
export interface Command extends Choice {
  run: () => void
}

/** Rows of each kind while something is typed, and of actions before. */
const MOST = 8

/** Actions that make no sense in the palette: they are about keys alone, or open it. */
const LEFT_OUT = /^(nudge|walk|open-menu|escape|commands)/

/** The rows for a query. */
export function commandsFor(
  session: Session,
  query: string,
  workflows: readonly WorkflowSummary[],
): Command[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const typed = words.length > 0
  return [
    ...headed(texts.commandsToDo, actions(session, words).slice(0, typed ? MOST : 40)),
    ...(typed ? headed(texts.commandsGoTo, places(session, query)) : []),
    ...(typed && session.store.canEdit ? headed(texts.commandsAdd, additions(session, query)) : []),
    ...headed(texts.commandsOpen, workflowRows(session, words, workflows)),
  ]
}

function actions(session: Session, words: readonly string[]): Command[] {
  const selected = session.flow.state.getState().selected.length
  const able = ACTIONS.filter(
    action =>
      !LEFT_OUT.test(action.id) &&
      (action.listed?.(session) ?? true) &&
      (action.when?.(session) ?? true),
  )
  const rows = able
    .map(action => ({ action, label: action.named?.(session) ?? action.label }))
    .filter(({ label }) => hasAll(label, words))
  // What is for the selection comes first while there is one.
  const forNodes = ({ action }: { action: Action }) =>
    selected > 0 && action.menus?.includes('node') ? 0 : 1
  rows.sort((a, b) => forNodes(a) - forNodes(b))
  return rows.map(({ action, label }) => ({
    key: `do ${action.id}`,
    icon: action.icon,
    name: label.replace('…', ''),
    detail: keysOf(action),
    run: () => action.run(session),
  }))
}

function places(session: Session, query: string): Command[] {
  return matchesOf(session, query)
    .slice(0, MOST)
    .map(({ id, title, detail, kind }) => ({
      key: `go ${id}`,
      kind,
      name: title,
      detail,
      run: () => session.focus(id),
    }))
}

function additions(session: Session, query: string): Command[] {
  const middle = { x: innerWidth / 2 - 140, y: innerHeight / 2 - 80 }
  const place = session.rf?.screenToFlowPosition(middle) ?? middle
  return searchOf(session.catalog)
    .find(query)
    .slice(0, MOST)
    .map(type => ({
      key: `add ${type.type}`,
      kind: session.catalog.colorType(type),
      name: type.name,
      detail: type.category,
      run: () => void addNode(session, type.type, place, { clear: true, enter: true }),
    }))
}

function workflowRows(
  session: Session,
  words: readonly string[],
  workflows: readonly WorkflowSummary[],
): Command[] {
  return workflows
    .filter(({ slug, name }) => slug !== session.slug && hasAll(name, words))
    .slice(0, MOST)
    .map(({ slug, name }) => ({
      key: `open ${slug}`,
      kind: 'any',
      name,
      detail: '',
      run: () => void session.leave(editorUrl(slug)),
    }))
}

function hasAll(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase()
  return words.every(word => lower.includes(word))
}

const headed = (heading: string, rows: Command[]): Command[] =>
  rows.map((row, i) => (i ? row : { ...row, heading }))
