/** What has failed, named at one size from any distance; a press on it goes there. */
import { type ReactFlowState, useStore as useFlowStore } from '@xyflow/react'
import { useStore } from 'zustand'
import { shallow } from 'zustand/shallow'
import { ownTitle } from '../../catalog/title'
import type { CardNode } from '../flow/flow'
import { useRunOverview } from '../run/hooks'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './Callouts.module.css'
import { placed } from './callouts'
import { focusNode } from './viewport'

export function Callouts() {
  const { flow, runs, runner } = useSession()
  useRunOverview()
  const nodes = useStore(flow.state, state => state.nodes)
  const problems = useStore(runner.state, state => state.problems)
  const refused = new Map(problems.map(({ nodeId, message }) => [nodeId, message]))
  const failed = nodes.filter(
    ({ id, hidden }) => !hidden && (refused.has(id) || runs.shown(id) === 'failed'),
  )
  if (!failed.length) return null
  const wordsOf = (id: string, title: string) => {
    const reason = refused.get(id)
    // A problem names its node itself.
    return reason
      ? [title, reason.replace(`${title}: `, '')]
      : [texts.titleFailed(title), runs.node(id).message]
  }
  return <Placed failed={failed} wordsOf={wordsOf} />
}

const viewOf = ({ transform: [x, y, zoom], width, height }: ReactFlowState) => ({
  x,
  y,
  zoom,
  width,
  height,
})

interface PlacedProps {
  failed: readonly CardNode[]
  /** What is said of a node of that title: the fact, and the reason. */
  wordsOf: (id: string, title: string) => string[]
}

function Placed({ failed, wordsOf }: PlacedProps) {
  const session = useSession()
  const view = useFlowStore(viewOf, shallow)
  const spots = failed.map(({ id, position, width = 0, height = 0 }) => ({
    id,
    ...position,
    width,
    height,
  }))
  const { callouts, more } = placed(spots, view, view)
  return callouts.map(({ id, x, y, side }, at) => {
    const data = failed.find(node => node.id === id)?.data
    const title = data ? ownTitle(data.node) || data.type?.name || data.node.type : id
    const [fact, reason] = wordsOf(id, title)
    return (
      <div
        key={id}
        className={css.place}
        style={{ transform: `translate(${Math.round(x)}px, ${Math.round(y)}px)` }}
      >
        <button
          type="button"
          className={css.callout}
          data-side={side}
          title={reason || undefined}
          onClick={() => focusNode(session, id)}
        >
          <span>
            <b>{fact}</b> {reason}
          </span>
        </button>
        {more > 0 && at === callouts.length - 1 && (
          <span className={css.more} data-side={side}>
            {texts.andMoreNodes(more)}
          </span>
        )}
      </div>
    )
  })
}
