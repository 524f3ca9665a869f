/** Tidy, align and distribute what is selected. */
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalSpaceAround,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalSpaceAround,
  Workflow,
} from 'lucide-react'
import { align, distribute, type Edge, tidyNodes } from '../../edits/arrange'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

const several = (count: number) => (session: Session) =>
  canEdit(session) && selection(session).length >= count

export const tidyAction: Action = {
  id: 'tidy',
  label: texts.tidy,
  shortcut: 'Shift+t',
  icon: Workflow,
  menus: ['node', 'canvas'],
  when: canEdit,
  run: session =>
    // The menu of the canvas speaks of all, whatever is selected.
    void tidyNodes(
      session,
      session.view.getState().menu?.kind === 'canvas' ? [] : selection(session),
    ),
}

const EDGES: readonly [Edge, Action['icon']][] = [
  ['left', AlignStartVertical],
  ['center', AlignCenterVertical],
  ['right', AlignEndVertical],
  ['top', AlignStartHorizontal],
  ['middle', AlignCenterHorizontal],
  ['bottom', AlignEndHorizontal],
]

export const aligns: readonly Action[] = EDGES.map(([edge, icon]) => ({
  id: `align-${edge}`,
  label: texts.alignTo[edge],
  icon,
  when: several(2),
  run: session => align(session, selection(session), edge),
}))

export const distributes: readonly Action[] = [
  {
    id: 'distribute-x',
    label: texts.distributeX,
    icon: AlignHorizontalSpaceAround,
    when: several(3),
    run: session => distribute(session, selection(session), 'x'),
  },
  {
    id: 'distribute-y',
    label: texts.distributeY,
    icon: AlignVerticalSpaceAround,
    when: several(3),
    run: session => distribute(session, selection(session), 'y'),
  },
]
