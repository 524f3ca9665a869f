/** Frames around nodes, and cards and frames that are collapsed to their titles. */
import type { Operation } from '../../api/document'
import { isCollapsed, isFrame } from '../../document/frames'
import { freshId } from '../../lib/ids'
import type { Session } from '../session'
import { snap } from './commands'
import { running } from './modes'
import { texts } from './texts'

/** Between the edge of a frame and what is in it, px; above there is its title too. */
const PADDING = 24
const HEAD = 44

/** Put a frame around nodes, or an empty one at a place of the canvas, and begin to name it. */
export function addFrame(
  session: Session,
  ids: readonly string[],
  at: { x: number; y: number },
): void {
  const cards = ids.flatMap(id => {
    const node = session.store.node(id)
    return node ? [{ ...node.position, ...session.flow.sizeOf(node) }] : []
  })
  const left = Math.min(...cards.map(({ x }) => x)) - PADDING
  const top = Math.min(...cards.map(({ y }) => y)) - HEAD
  const right = Math.max(...cards.map(({ x, width }) => x + width)) + PADDING
  const bottom = Math.max(...cards.map(({ y, height }) => y + height)) + PADDING
  const box = cards.length
    ? { x: left, y: top, width: right - left, height: bottom - top }
    : { ...at, width: 480, height: 320 }
  const id = freshId('frame')
  const node = {
    id,
    type: 'frame',
    position: { x: snap(box.x), y: snap(box.y) },
    width: Math.ceil(box.width / 8) * 8 + 8,
    height: Math.ceil(box.height / 8) * 8 + 8,
    data: {},
  }
  // Below the nodes in the document too, for a reader that draws it in that order.
  session.store.edit([{ op: 'node.add', node, index: 0 }], { label: texts.addAFrame })
  session.flow.select([id])
  session.view.setState({ renaming: id })
}

/** Whether all of these nodes are collapsed. */
export function allCollapsed(session: Session, ids: readonly string[]): boolean {
  const able = collapsible(session, ids)
  return able.length > 0 && able.every(id => session.store.node(id)?.collapsed === true)
}

/** Those of the nodes that can be collapsed: all but notes. */
export function collapsible(session: Session, ids: readonly string[]): string[] {
  return ids.filter(id => {
    const node = session.store.node(id)
    return node !== undefined && node.type !== 'note'
  })
}

/** Collapse cards and frames; when all are, open them. */
export function collapse(session: Session, ids: readonly string[]): void {
  const able = collapsible(session, ids)
  const value = !allCollapsed(session, able)
  const operations = able.flatMap((id): Operation[] => {
    const node = session.store.node(id)
    if (!node || isCollapsed(node) === value) return []
    return [{ op: 'node.set', id, key: 'collapsed', ...(value ? { value } : {}) }]
  })
  session.store.edit(operations, {
    label: value ? texts.collapseNodes(able.length) : texts.expandNodes(able.length),
  })
}

/** Run what is in a frame, with what it needs. */
export function runFrame(session: Session, id: string): void {
  const only = running(session, session.flow.withMembers([id]))
  if (only.length) void session.runner.run({ only })
}

/** Where what is in moved frames goes: with the frame, as far as it is not moved itself. */
export function carriedAlong(
  session: Session,
  moved: ReadonlyMap<string, { x: number; y: number }>,
): Map<string, { x: number; y: number }> {
  const found = new Map<string, { x: number; y: number }>()
  for (const [id, to] of moved) {
    const frame = session.store.node(id)
    if (!frame || !isFrame(frame)) continue
    const [dx, dy] = [to.x - frame.position.x, to.y - frame.position.y]
    for (const { id, position } of session.flow.membersOf(frame)) {
      if (!moved.has(id) && !found.has(id)) {
        found.set(id, { x: position.x + dx, y: position.y + dy })
      }
    }
  }
  return found
}
