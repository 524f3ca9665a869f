/** The bar below the canvas: how the run is going in one line; opened, its whole story. */

import { ChevronDown, ChevronUp, Download, Pause, Play, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import { mediaUrl } from '../../api/media'
import type { MediaReference } from '../../api/schema'
import { list } from '../../lib/locale'
import { duration } from '../../lib/time'
import { tally } from '../../runs/fold'
import { failedItems } from '../../runs/items'
import { skippedWords } from '../../runs/plan'
import { remoteState } from '../../runs/remote'
import { filesIn } from '../../runs/results'
import { lazily } from '../../ui/shell/lazily'
import { useElapsed } from '../../ui/useElapsed'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import { useRunOverview } from './hooks'
import css from './RunBar.module.css'
import { RunLog } from './RunLog'
import { texts } from './texts'

const RetryDialog = lazily(async () => (await import('../../ui/retry/RetryDialog')).default)

export function RunBar() {
  const session = useSession()
  const { runs, view, runner, sync, slug } = session
  const [retrying, setRetrying] = useState(false)
  useRunOverview()
  const open = useStore(view, state => state.logOpen)
  const connected = useStore(runner.state, state => state.connected)
  const problems = useStore(runner.state, state => state.problems)
  const [problem] = problems
  const plan = useStore(runner.state, state => state.plan)
  const { summary } = runs
  const counts = tally(summary, runs.nodes)
  const rests = summary.status === 'paused'
  const elapsed = useElapsed(runs.active && !rests ? summary.startedAt : null)
  const took =
    summary.finishedAt && summary.startedAt
      ? Math.max(0, summary.finishedAt - summary.startedAt)
      : null
  const running = summary.nodes.find(id => runs.node(id).state === 'running')
  const culprit = summary.failedNode ?? summary.nodes.find(id => runs.node(id).state === 'failed')
  const lacking = runs.active ? 0 : failedItems(summary.nodes.map(id => runs.node(id)))
  const files = summary.status === 'completed' ? filesIn(summary.output) : []

  const retry = async () => {
    // The plan of a retry with the workflow as it is counts every edit.
    await sync.flush()
    setRetrying(true)
  }

  return (
    <section className={css.bar} aria-label={texts.run}>
      {retrying && summary.id && (
        <RetryDialog
          run={summary.id}
          slug={slug}
          lacking
          titleOf={id => session.titleOf(id)}
          onRetried={() => runner.retried()}
          onClose={() => setRetrying(false)}
        />
      )}
      {open && <RunLog />}
      <div className={css.line}>
        {summary.status !== 'none' && (
          <div
            className={css.progress}
            role="progressbar"
            aria-label={texts.progressOfTheRun}
            aria-valuenow={Math.round(counts.share * 100)}
          >
            <i data-status={summary.status} style={{ width: `${counts.share * 100}%` }} />
          </div>
        )}
        <div className={css.words} role="status">
          <b>{problems.length ? texts.cannotRun : WORDS[summary.status]}</b>
          {problem && (
            <button
              type="button"
              className={css.link}
              onClick={() => problem.nodeId && session.focus(problem.nodeId)}
            >
              {problem.message}
            </button>
          )}
          {!problems.length && running && (
            <button type="button" className={css.link} onClick={() => session.focus(running)}>
              {list(
                [session.titleOf(running), remoteState(runs.node(running).remote)].filter(Boolean),
              )}{' '}
              ›
            </button>
          )}
          {!problems.length && summary.status === 'failed' && culprit && (
            <button type="button" className={css.link} onClick={() => session.focus(culprit)}>
              {session.titleOf(culprit)}: {runs.node(culprit).message || summary.message} ›
            </button>
          )}
        </div>
        <div className={css.right}>
          {!runs.active && plan && plan.skipped.length > 0 && (
            <button
              type="button"
              className={css.link}
              onClick={() => session.flow.select(plan.skipped)}
            >
              {skippedWords(plan)}
            </button>
          )}
          {lacking > 0 && session.canRun && (
            <button type="button" className={css.download} onClick={() => void retry()}>
              <RotateCw size={14} />
              {texts.retryItems(lacking)}
            </button>
          )}
          {runs.active && session.canRun && (
            <button
              type="button"
              className={css.download}
              onClick={() => void runner.pause(!(rests || summary.status === 'pausing'))}
            >
              {rests || summary.status === 'pausing' ? <Play size={14} /> : <Pause size={14} />}
              {rests || summary.status === 'pausing' ? texts.resume : texts.pause}
            </button>
          )}
          {!connected && runs.active && <span className={css.warn}>{texts.reconnecting}</span>}
          {counts.total > 0 && (
            <span className={css.chips}>
              <Chip tone="ok" amount={counts.done} words={texts.nodesDone} />
              <Chip tone="live" amount={counts.running} words={texts.nodesRunning} />
              <Chip tone="quiet" amount={counts.waiting} words={texts.nodesWaiting} />
              <Chip tone="quiet" amount={counts.skipped} words={texts.nodesSkipped} />
              <Chip tone="bad" amount={counts.failed} words={texts.nodesFailed} />
            </span>
          )}
          {elapsed !== null && <span className={css.time}>{duration(elapsed)}</span>}
          {elapsed === null && took !== null && <span className={css.time}>{duration(took)}</span>}
          {files.length > 0 && (
            <button type="button" className={css.download} onClick={() => download(files)}>
              <Download size={14} />
              {files.length === 1 ? editorTexts.download : texts.downloadFiles(files.length)}
            </button>
          )}
          <button
            type="button"
            className={css.toggle}
            aria-expanded={open}
            aria-label={open ? texts.hideTheLog : texts.showTheLog}
            title={open ? texts.hideTheLog : texts.showTheLog}
            onClick={() => view.setState({ logOpen: !open })}
          >
            {open ? <ChevronDown size={16} /> : <ChevronUp size={16} />}
          </button>
        </div>
      </div>
    </section>
  )
}

const WORDS = {
  none: texts.notRunYet,
  queued: texts.waitingToStart,
  running: texts.running,
  pausing: texts.pausing,
  paused: texts.paused,
  completed: editorTexts.done,
  failed: texts.failed,
  cancelled: texts.cancelled,
}

interface ChipProps {
  tone: string
  amount: number
  words: (amount: number) => string
}

function Chip({ tone, amount, words }: ChipProps) {
  if (!amount) return null
  return (
    <span className={css.chip} data-tone={tone}>
      <i aria-hidden="true" />
      {words(amount)}
    </span>
  )
}

function download(files: readonly MediaReference[]): void {
  for (const file of files) {
    const link = document.createElement('a')
    link.href = mediaUrl(file)
    link.download = file.name ?? ''
    link.click()
  }
}
