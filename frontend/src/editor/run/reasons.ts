/** Why a node runs again, in words: the fields that have changed by their labels. No React. */
import type { PlannedNode } from '../../api/schema'
import { declaredInputs } from '../../catalog/ports'
import { list } from '../../lib/locale'
import type { Session } from '../session'
import { texts } from './texts'

const MOST_NAMED = 3

export function reasonWords(session: Session, { id, reason, fields, source }: PlannedNode): string {
  if (reason === 'source') return texts.plan.source(session.titleOf(source ?? ''))
  const named = list(fields.slice(0, MOST_NAMED).map(name => labelOf(session, id, name)))
  if (reason === 'changed') return named ? texts.plan.changed(named) : texts.plan.changedSince
  if (reason === 'random') return texts.plan.random(named)
  return texts.plan.reasons[reason]
}

/** What the card calls a field. */
function labelOf({ store, catalog }: Session, id: string, name: string): string {
  const node = store.node(id)
  const type = node && catalog.get(node.type)
  if (!node || !type) return name
  const own = [...type.inputs, ...declaredInputs(type, node.data)]
  return own.find(input => input.name === name)?.label || name
}
