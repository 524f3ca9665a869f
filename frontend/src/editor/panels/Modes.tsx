/** How the selected nodes run, as three switches: bypass, mute, pin. */

import { useStore } from 'zustand'
import type { DocumentNode } from '../../api/document'
import { date } from '../../lib/time'
import { Button } from '../../ui/controls/Button'
import { bypass } from '../actions/graph/bypass'
import { mute } from '../actions/graph/mute'
import { pin } from '../actions/graph/pin'
import { keysOf } from '../actions/keys'
import { allIn, allPinned, pinnable, running } from '../edits/modes'
import { useSession } from '../session'
import css from './Inspector.module.css'
import { texts } from './texts'

export function Modes({ ids }: { ids: readonly string[] }) {
  const session = useSession()
  // What the switches say is what the document says.
  useStore(session.store.state, state => state.document.nodes)
  if (!running(session, ids).length) return null
  const rows = [
    { action: bypass, on: allIn(session, ids, 'bypass') },
    { action: mute, on: allIn(session, ids, 'mute') },
    { action: pin, on: allPinned(session, ids) },
  ]
  const [only] = ids
  const node = ids.length === 1 && only !== undefined ? session.store.node(only) : undefined
  return (
    <>
      <fieldset className={css.modes} aria-label={texts.howItRuns}>
        {rows.map(({ action, on }) => (
          <Button
            key={action.id}
            aria-pressed={on}
            disabled={!session.store.canEdit || (action === pin && !pinnable(session, ids).length)}
            title={`${action.named?.(session) ?? action.label} (${keysOf(action)})`}
            icon={action.icon && <action.icon size={14} />}
            onClick={() => action.run(session)}
          >
            {action.label}
          </Button>
        ))}
      </fieldset>
      {node && <Held node={node} />}
    </>
  )
}

function Held({ node }: { node: DocumentNode }) {
  const { pinned } = node
  if (typeof pinned !== 'object' || pinned === null || !('since' in pinned)) return null
  const since = new Date(String(pinned.since))
  if (Number.isNaN(since.getTime())) return null
  return <p className={css.held}>{texts.heldSince(date(since))}</p>
}
