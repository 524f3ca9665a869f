/** Points that a connection is led through: one added, all removed. */
import { Spline, Waypoints } from 'lucide-react'
import { pointsOf } from '../../../document/points'
import { addPoint, edgeOf, endsAt, leadThrough } from '../../edits/points'
import { along, route } from '../../flow/route'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, canEdit, selectedEdges } from '../action'

/** The one selected connection. */
function only(session: Session) {
  const [id, ...more] = selectedEdges(session)
  return id === undefined || more.length ? undefined : edgeOf(session, id)
}

export const addPointAction: Action = {
  id: 'add-point',
  label: texts.addAPoint,
  shortcut: 'Shift+P',
  icon: Waypoints,
  menus: ['edge'],
  when: session => canEdit(session) && only(session) !== undefined,
  run(session, menu) {
    const edge = only(session)
    const ends = edge && endsAt(session, edge.id)
    if (!edge || !ends) return
    const curves = route(...ends, pointsOf(edge))
    const curve = curves[curves.length >> 1]
    const at = menu ? session.rf?.screenToFlowPosition(menu.at) : curve && along(curve, 0.5)
    if (at) addPoint(session, edge.id, at)
  },
}

export const straighten: Action = {
  id: 'remove-points',
  label: texts.removePoints,
  icon: Spline,
  menus: ['edge'],
  listed: session => pointsOf(only(session) ?? NONE).length > 0,
  when: session => canEdit(session) && pointsOf(only(session) ?? NONE).length > 0,
  run(session) {
    const edge = only(session)
    if (edge) leadThrough(session, edge.id, [], { label: texts.removePoints })
  },
}

const NONE = { id: '', source: '', target: '' }
