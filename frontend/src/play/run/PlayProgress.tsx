/** A run that is going on: a bar, the time, and each of its steps in words. */
import { Check, Circle, CircleSlash, Loader2, TriangleAlert } from 'lucide-react'
import { useStore } from 'zustand'
import { duration } from '../../lib/time'
import type { NodeRun } from '../../runs/fold'
import { remoteState } from '../../runs/remote'
import { MediaView } from '../../ui/media/MediaView'
import { useElapsed } from '../../ui/useElapsed'
import { texts } from '../texts'
import css from './PlayProgress.module.css'
import type { Player } from './player'

const SHOWN = 12

interface Props {
  player: Player
  /** When it was started, ms since 1970. */
  since: number
  titles: (id: string) => string
}

export function PlayProgress({ player, since, titles }: Props) {
  const share = useStore(player.state, state => state.share)
  const steps = useStore(player.state, state => state.steps)
  const connected = useStore(player.state, state => state.connected)
  const elapsed = useElapsed(since)
  const done = steps.filter(({ run }) => run.state === 'done' || run.state === 'cached').length
  const running = steps.find(({ run }) => run.state === 'running')
  // A long run shows the part of its steps in which something happens.
  const from = Math.max(0, Math.min(done - 3, steps.length - SHOWN))
  const rows = steps.slice(from, from + SHOWN)
  return (
    <div className={css.box}>
      <div className={css.words} role="status">
        <b>
          {running ? titles(running.id) : steps.length ? texts.finishing : texts.waitingToStart}
        </b>
        <span>
          {[
            ...(connected ? [] : [texts.reconnecting]),
            ...(steps.length ? [texts.stepsDone(done, steps.length)] : []),
            duration(elapsed ?? 0),
          ].join(' · ')}
        </span>
      </div>
      <div
        className={css.bar}
        role="progressbar"
        aria-label={texts.progressOfTheRun}
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
        data-unknown={share === null || undefined}
      >
        <i style={share === null ? undefined : { width: `${share * 100}%` }} />
      </div>
      {running?.run.preview && (
        <div className={css.preview}>
          <MediaView media={running.run.preview} width={640} />
        </div>
      )}
      {rows.length > 0 && (
        <ol className={css.steps} start={from + 1}>
          {rows.map(({ id, run }) => (
            <li key={id} data-state={run.state}>
              <Mark state={run.state} />
              <span className={css.title}>{titles(id)}</span>
              <span className={css.state}>{wordsOf(run)}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

function Mark({ state }: { state: NodeRun['state'] }) {
  if (state === 'done' || state === 'cached') return <Check aria-hidden size={15} />
  if (state === 'running') return <Loader2 aria-hidden size={15} className={css.turning} />
  if (state === 'failed') return <TriangleAlert aria-hidden size={15} />
  if (state === 'skipped' || state === 'cancelled') return <CircleSlash aria-hidden size={15} />
  return <Circle aria-hidden size={15} />
}

function wordsOf(run: NodeRun): string {
  if (run.state === 'done') return run.ms === null ? texts.doneWord : duration(run.ms)
  if (run.state === 'cached') return texts.asBefore
  if (run.state === 'running') {
    const waits = remoteState(run.remote)
    if (waits) return waits
    const share = run.fraction === null ? '' : texts.percent(Math.round(run.fraction * 100))
    return [run.text, share].filter(Boolean).join(' · ') || texts.runningWord
  }
  if (run.state === 'failed') return texts.failedWord
  if (run.state === 'skipped') return texts.skippedWord
  return run.state === 'cancelled' ? texts.cancelledWord : texts.waitingWord
}
