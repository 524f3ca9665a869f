/** The button that runs the workflow and says how much that is; during a run, the one to stop. */

import { ChevronDown, Play, Square } from 'lucide-react'
import { useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { RunPlan } from '../../api/schema'
import { list } from '../../lib/locale'
import { amountOf, skippedWords } from '../../runs/plan'
import { notReady } from '../../runs/runner'
import { Button } from '../../ui/controls/Button'
import { useWhoseKeys, whoseWords } from '../../ui/credentials/WhoseKeys'
import { lazily } from '../../ui/shell/lazily'
import { keysOf } from '../actions/keys'
import { runAll } from '../actions/run/runAll'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import { useRunStatus } from './hooks'
import css from './RunButton.module.css'
import { texts } from './texts'

const PlanPanel = lazily(async () => (await import('./PlanPanel')).PlanPanel)
const RUNNING = new Set(['queued', 'running', 'pausing', 'paused'])

export function RunButton() {
  const session = useSession()
  const { store, runner, slug } = session
  const status = useRunStatus()
  const starting = useStore(runner.state, state => state.starting)
  const cancelling = useStore(runner.state, state => state.cancelling)
  const plan = useStore(runner.state, state => state.plan)
  const [whose, refresh] = useWhoseKeys(slug, store.canEdit && !session.past)
  const [open, setOpen] = useState(false)
  const arrow = useRef<HTMLSpanElement>(null)
  if (!session.canRun) return null
  if (RUNNING.has(status)) {
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
  const paid = plan?.paidFor?.pays ? plan.paidFor : null
  const amount = starting ? '' : amountOf(plan)
  const close = () => {
    setOpen(false)
    arrow.current?.querySelector('button')?.focus()
  }
  return (
    <div className={css.split}>
      <Button
        tone="primary"
        className={css.main}
        icon={<Play size={13} fill="currentColor" />}
        disabled={starting}
        onPointerEnter={refresh}
        title={[
          `${story(plan)} (${keysOf(runAll)})`,
          ...(paid ? [editorTexts.paidBy(paid.user, paid.number)] : whose.map(whoseWords)),
        ].join('\n')}
        onClick={() => void runner.run()}
      >
        {starting ? texts.starting : paid ? texts.runVersion(paid.number) : texts.run}
        {amount && <small className={css.amount}>{amount}</small>}
      </Button>
      <span ref={arrow}>
        <Button
          tone="primary"
          className={css.arrow}
          label={texts.moreWaysToRun}
          aria-haspopup="menu"
          aria-expanded={open}
          icon={<ChevronDown size={14} />}
          onClick={() => setOpen(!open)}
        />
      </span>
      {open && <PlanPanel onClose={close} />}
    </div>
  )
}

/** What a run would do, in a sentence or two. */
function story(plan: RunPlan | null): string {
  if (!plan) return editorTexts.runEverything
  if (plan.problems.length) return notReady(plan.problems)
  const parts = [
    plan.run.length ? texts.nodesWillRun(plan.run.length) : texts.noNodeHasToRun,
    plan.cached.length ? texts.nodesCached(plan.cached.length) : '',
    skippedWords(plan),
  ]
  return list(parts.filter(Boolean))
}
