/** The button that runs the workflow and says how much that is; during a run, the one to stop. */

import { ChevronDown, Play, Square } from 'lucide-react'
import { useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { RunPlan } from '../../api/schema'
import { list } from '../../lib/locale'
import { amountOf, skippedWords } from '../../runs/plan'
import { notReady } from '../../runs/runner'
import { Button } from '../../ui/controls/Button'
import { Menu } from '../../ui/controls/Menu'
import { useWhoseKeys, whoseWords } from '../../ui/credentials/WhoseKeys'
import { type Action, printed } from '../actions/action'
import { runAgain } from '../actions/run/runAgain'
import { runAll } from '../actions/run/runAll'
import { runFrom } from '../actions/run/runFrom'
import { runNode } from '../actions/run/runNode'
import { useSession } from '../session'
import { texts } from '../texts'
import { useRunStatus } from './hooks'
import css from './RunButton.module.css'

/** Ways to run, as the menu beside the button shows them. */
const WAYS: readonly (readonly [Action, string])[] = [
  [runAll, texts.run],
  [runNode, texts.runSelection],
  [runFrom, texts.runFromHere],
  [runAgain, texts.runWithoutCache],
]

export function RunButton() {
  const session = useSession()
  const { store, runner, slug } = session
  const status = useRunStatus()
  const starting = useStore(runner.state, state => state.starting)
  const cancelling = useStore(runner.state, state => state.cancelling)
  const plan = useStore(runner.state, state => state.plan)
  const selected = useStore(session.flow.state, state => state.selected.length)
  const [whose, lookAgain] = useWhoseKeys(slug, store.canEdit && !session.past)
  const [at, setAt] = useState<{ x: number; y: number } | null>(null)
  const arrow = useRef<HTMLSpanElement>(null)
  if (!store.canEdit) return null
  if (status === 'queued' || status === 'running') {
    return (
      <Button
        tone="danger"
        icon={<Square size={12} fill="currentColor" />}
        disabled={cancelling}
        onClick={() => void runner.cancel()}
      >
        {cancelling ? texts.cancelling : texts.cancel}
      </Button>
    )
  }
  const amount = starting ? '' : amountOf(plan)
  const open = () => {
    const box = arrow.current?.getBoundingClientRect()
    setAt(box ? { x: box.right - 220, y: box.bottom + 6 } : null)
  }
  const close = () => {
    setAt(null)
    arrow.current?.querySelector('button')?.focus()
  }
  return (
    <div className={css.split}>
      <Button
        tone="primary"
        className={css.main}
        icon={<Play size={13} fill="currentColor" />}
        disabled={starting}
        onPointerEnter={lookAgain}
        title={[`${story(plan)} (${printed(runAll.shortcut)})`, ...whose.map(whoseWords)].join(
          '\n',
        )}
        onClick={() => void runner.run()}
      >
        {starting ? texts.starting : texts.run}
        {amount && <small className={css.amount}>{amount}</small>}
      </Button>
      <span ref={arrow}>
        <Button
          tone="primary"
          className={css.arrow}
          label={texts.moreWaysToRun}
          aria-haspopup="menu"
          aria-expanded={at !== null}
          icon={<ChevronDown size={14} />}
          onClick={open}
        />
      </span>
      {at && (
        <Menu
          at={at}
          label={texts.waysToRun}
          onClose={close}
          items={WAYS.map(([action, label]) => ({
            id: action.id,
            label: action === runNode && selected === 1 ? texts.runUntilHere : label,
            shortcut: printed(action.shortcut),
            icon: action.icon && <action.icon size={15} />,
            disabled: action.when ? !action.when(session) : false,
            separated: action === runAgain,
            run: () => action.run(session),
          }))}
        />
      )}
    </div>
  )
}

/** What a run would do, in a sentence or two. */
function story(plan: RunPlan | null): string {
  if (!plan) return texts.runEverything
  if (plan.problems.length) return notReady(plan.problems)
  const parts = [
    plan.run.length ? texts.nodesWillRun(plan.run.length) : texts.noNodeHasToRun,
    plan.cached.length ? texts.nodesCached(plan.cached.length) : '',
    skippedWords(plan),
  ]
  return list(parts.filter(Boolean))
}
