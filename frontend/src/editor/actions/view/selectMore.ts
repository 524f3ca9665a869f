/** Select what the selection is connected to, or what is like it. */
import { reach } from '../../../document/graph'
import type { Session } from '../../session'
import { texts } from '../../texts'
import { type Action, selection } from '../action'

const select = (
  id: string,
  label: string,
  shortcut: string | undefined,
  found: (session: Session, from: readonly string[]) => Iterable<string>,
): Action => ({
  id,
  label,
  shortcut,
  when: session => selection(session).length > 0,
  run: session => session.flow.select(found(session, selection(session))),
})

/** Everything that any way of connections leads to. */
function connected({ store }: Session, from: readonly string[]): Set<string> {
  let found = new Set(from)
  for (let before = -1; before < found.size; ) {
    before = found.size
    found = reach(store.document, reach(store.document, found, 'up'), 'down')
  }
  return found
}

export const selects: readonly Action[] = [
  select('select-upstream', texts.selectUpstream, 'Alt+ArrowLeft', ({ store }, from) =>
    reach(store.document, from, 'up'),
  ),
  select('select-downstream', texts.selectDownstream, 'Alt+ArrowRight', ({ store }, from) =>
    reach(store.document, from, 'down'),
  ),
  select('select-connected', texts.selectConnected, 'Alt+a', connected),
  select('select-same-type', texts.selectSameType, undefined, ({ store }, from) => {
    const types = new Set(from.map(id => store.node(id)?.type))
    return store.document.nodes.filter(({ type }) => types.has(type)).map(({ id }) => id)
  }),
]
