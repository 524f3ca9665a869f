/** The panel beside the canvas for what is selected: all fields, results, and what went wrong. */
import { ChevronRight, X } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../ui/controls/Button'
import { lazily } from '../../ui/shell/lazily'
import { deleteSelected } from '../actions/graph/deleteSelected'
import { duplicate } from '../actions/graph/duplicate'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import { isNarrow } from '../view'
import css from './Inspector.module.css'
import { Modes } from './Modes'
import { texts } from './texts'

// Nothing is selected at first.
const NodeDetails = lazily(async () => (await import('./NodeDetails')).NodeDetails)
const Shared = lazily(async () => (await import('./Shared')).Shared)

export function Inspector() {
  const session = useSession()
  const { flow, view } = session
  const selected = useStore(flow.state, state => state.selected)
  const open = useStore(view, state => state.inspectorOpen)
  const connecting = useStore(view, state => state.connecting !== null)
  const talking = useStore(view, ({ comments }) => Boolean(comments.thread ?? comments.draft))
  const outline = useStore(view, state => state.outline)
  const chosen = selected.join()
  // On a phone both are sheets: what is opened last takes the place of the other.
  useEffect(() => {
    const { comments } = view.getState()
    if (chosen && isNarrow())
      view.setState({ comments: { ...comments, thread: null, draft: null } })
  }, [chosen, view])
  // The outline shows the same in place.
  if (!selected.length || outline) return null
  if (!open) return <Reopen />
  const [first, ...others] = selected
  return (
    <aside
      className={css.side}
      aria-label={texts.inspector}
      data-aside={connecting || talking || undefined}
    >
      <Button
        className={css.close}
        tone="ghost"
        label={texts.hideTheInspector}
        icon={<X size={16} />}
        onClick={() => view.setState({ inspectorOpen: false })}
      />
      {first !== undefined && !others.length ? (
        <NodeDetails key={first} id={first} />
      ) : (
        <Several ids={selected} />
      )}
    </aside>
  )
}

function Reopen() {
  const { view } = useSession()
  return (
    <button
      type="button"
      className={css.reopen}
      title={texts.showTheInspector}
      aria-label={texts.showTheInspector}
      onClick={() => view.setState({ inspectorOpen: true })}
    >
      <ChevronRight size={16} />
    </button>
  )
}

function Several({ ids }: { ids: readonly string[] }) {
  const session = useSession()
  return (
    <>
      <div className={css.head}>
        <h2>{editorTexts.nodesSelected(ids.length)}</h2>
        {session.store.canEdit && (
          <div className={css.buttons}>
            <Button onClick={() => duplicate.run(session)}>{editorTexts.duplicate}</Button>
            <Button tone="danger" onClick={() => deleteSelected.run(session)}>
              {editorTexts.delete}
            </Button>
          </div>
        )}
        <Modes ids={ids} />
      </div>
      <Shared key={ids.join()} ids={ids} />
    </>
  )
}
