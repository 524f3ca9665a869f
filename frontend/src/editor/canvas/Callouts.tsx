/** What has failed and what runs, named at one size from any distance; a press on it goes there. */
import { type ReactFlowState, useStore as useFlowStore } from '@xyflow/react'
import { useStore } from 'zustand'
import { shallow } from 'zustand/shallow'
import { ownTitle } from '../../catalog/title'
import type { NodeRun } from '../../runs/fold'
import { remoteState } from '../../runs/remote'
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
  const stateOf = (id: string) => (refused.has(id) ? 'failed' : runs.shown(id))
  const named = nodes.filter(({ id, hidden }) => {
    const state = hidden ? 'idle' : stateOf(id)
    return state === 'failed' || state === 'running'
  })
  if (!named.length) return null
  const wordsOf = (id: string, title: string) => {
    const reason = refused.get(id)
    // A problem names its node itself.
    if (reason) return [title, reason.replace(`${title}: `, '')]
    const run = runs.node(id)
    return run.state === 'running'
      ? [title, progressOf(run)]
      : [texts.titleFailed(title), run.message]
  }
  return <Placed named={named} runs={id => stateOf(id) === 'running'} wordsOf={wordsOf} />
}

/** How far a node that runs is, in a word. */
function progressOf({ remote, fraction }: NodeRun): string {
  const waits = remoteState(remote)
  if (waits) return waits
  return fraction === null ? texts.runningWord : texts.percent(Math.round(fraction * 100))
}

const viewOf = ({ transform: [x, y, zoom], width, height }: ReactFlowState) => ({
  x,
  y,
  zoom,
  width,
  height,
})

interface PlacedProps {
  named: readonly CardNode[]
  /** Whether a node of them runs; the others have failed. */
  runs: (id: string) => boolean
  /** What is said of a node of that title: the fact, and the reason; its title, and how far it is. */
  wordsOf: (id: string, title: string) => string[]
}

function Placed({ named, runs, wordsOf }: PlacedProps) {
  const session = useSession()
  const view = useFlowStore(viewOf, shallow)
  const spots = named.map(({ id, position, width = 0, height = 0 }) => ({
    id,
    ...position,
    width,
    height,
    running: runs(id),
  }))
  const { callouts, more } = placed(spots, view, view)
  return callouts.map(({ id, x, y, side }, at) => {
    const data = named.find(node => node.id === id)?.data
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
          data-running={runs(id) || undefined}
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
