/** Go along the edges with the keyboard: `[` to what feeds the node, `]` to what it feeds. */
import { links } from '../../../document/graph'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, selection } from '../action'

function step(session: Session, way: 'up' | 'down'): void {
  const [from] = selection(session)
  const { into, outOf } = links(session.store.document)
  if (from === undefined) return
  const edge = (way === 'up' ? into : outOf).get(from)?.[0]
  if (edge) session.focus(way === 'up' ? edge.source : edge.target)
}

const oneSelected = (session: Session) => selection(session).length === 1

export const walkUp: Action = {
  id: 'walk-up',
  label: texts.goToThePreviousNode,
  shortcut: '[',
  when: oneSelected,
  run: session => step(session, 'up'),
}

export const walkDown: Action = {
  id: 'walk-down',
  label: texts.goToTheNextNode,
  shortcut: ']',
  when: oneSelected,
  run: session => step(session, 'down'),
}
