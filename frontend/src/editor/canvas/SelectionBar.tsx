/** What is done with several nodes at once, above the canvas while they are selected. */

import { useStore } from 'zustand'
import { aligns, distributes, tidyAction } from '../actions/graph/arrange'
import { bypass } from '../actions/graph/bypass'
import { collapseSelected } from '../actions/graph/collapse'
import { frame } from '../actions/graph/frame'
import { keysOf } from '../actions/keys'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './SelectionBar.module.css'

const ICONS = [...aligns, ...distributes]
const WORDS = [tidyAction, frame, bypass, collapseSelected]

export function SelectionBar() {
  const session = useSession()
  const selected = useStore(session.flow.state, state => state.selected)
  if (selected.length < 2 || !session.store.canEdit) return null
  return (
    <div className={css.bar} role="toolbar" aria-label={texts.nodesSelected(selected.length)}>
      <b>{texts.nodes(selected.length)}</b>
      <span className={css.icons}>
        {ICONS.map(({ icon: Icon, ...action }) => (
          <button
            key={action.id}
            type="button"
            title={action.label}
            aria-label={action.label}
            disabled={!action.when?.(session)}
            onClick={() => action.run(session)}
          >
            {Icon && <Icon size={15} />}
          </button>
        ))}
      </span>
      {WORDS.map(({ icon: Icon, ...action }) => (
        <button
          key={action.id}
          type="button"
          title={`${action.label} (${keysOf(action)})`}
          disabled={!action.when?.(session)}
          onClick={() => action.run(session)}
        >
          {Icon && <Icon size={15} />}
          <span>{action.named?.(session) ?? action.label}</span>
        </button>
      ))}
    </div>
  )
}
