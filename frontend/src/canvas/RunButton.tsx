/** The button that runs the workflow and says how much that is; during a run, the one to stop. */
import { Play, Square } from 'lucide-react'
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { planned } from '../document/graph'
import { useRunStatus } from '../runs/hooks'
import { Button } from '../ui/Button'
import { printed } from './actions/action'
import { runAll } from './actions/runAll'
import { count } from './format'
import css from './RunButton.module.css'
import { useSession } from './session'

export function RunButton() {
  const session = useSession()
  const { store, runner, catalog } = session
  const status = useRunStatus()
  const starting = useStore(runner.state, state => state.starting)
  const cancelling = useStore(runner.state, state => state.cancelling)
  const nodes = useStore(store.state, state => state.document.nodes.length)
  const shape = useStore(store.state, state => state.document.edges)
  // Which steps run follows from nodes and wires alone, not from what is typed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the document is read when these change
  const steps = useMemo(() => planned(store.document, catalog).size, [nodes, shape, store, catalog])
  if (!store.canEdit) return null
  if (status === 'queued' || status === 'running') {
    return (
      <Button
        tone="danger"
        icon={<Square size={12} fill="currentColor" />}
        disabled={cancelling}
        onClick={() => void runner.cancel()}
      >
        {cancelling ? 'Cancelling…' : 'Cancel'}
      </Button>
    )
  }
  return (
    <Button
      tone="primary"
      icon={<Play size={13} fill="currentColor" />}
      disabled={!steps || starting}
      title={steps ? `Run everything (${printed(runAll.shortcut)})` : 'There is nothing to run yet'}
      onClick={() => void runner.run()}
    >
      {starting ? 'Starting…' : 'Run'}
      {steps > 0 && !starting && <small className={css.steps}>{count(steps, 'step')}</small>}
    </Button>
  )
}
