/** What can be done with a run: stop it, take it up again, do it again, open its workflow. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleStop, Pause, Play, RotateCw, SquareArrowOutUpRight } from 'lucide-react'
import { runAgain, runPause, runResume } from '../../api/runs'
import type { Execution } from '../../api/schema'
import { runCancel } from '../../api/workflows'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { editorUrl } from '../../ui/workflows/queries'
import { texts } from '../texts'
import css from './Actions.module.css'

interface Props {
  run: Execution
  /** How many items of lists have no result though the run goes on without them. */
  failed: number
  /** Open the choice of what of it runs again. */
  onRetry: () => void
}

export function Actions({ run, failed, onRetry }: Props) {
  const client = useQueryClient()
  const id = run.executionId
  const refused = (error: unknown) => toast(errorMessage(error), { tone: 'bad' })
  const now = (found: Execution) => client.setQueryData(['run', id], found)
  const cancel = useMutation({
    mutationFn: () => runCancel(id),
    onSuccess: found => now(found as Execution),
    onError: refused,
  })
  const rests = run.state === 'paused' || run.pausing
  const pause = useMutation({
    mutationFn: () => (rests ? runResume(id) : runPause(id)),
    onSuccess: now,
    onError: refused,
  })
  const again = useMutation({
    mutationFn: () => runAgain(run),
    onSuccess: ({ executionId }) => location.assign(`/runs/${executionId}`),
    onError: refused,
  })
  const running = run.status === 'processing'
  const unfinished = run.status === 'failed' || run.status === 'cancelled'
  const repeatable = run.workflowSlug !== null || run.modelIds.length > 0
  return (
    <div className={css.actions}>
      {run.workflowSlug !== null && (
        <a
          className={css.link}
          href={`${editorUrl(run.workflowSlug)}?run=${id}`}
          title={texts.theWorkflowAsItWas}
        >
          <SquareArrowOutUpRight aria-hidden size={15} />
          {texts.openInTheEditor}
        </a>
      )}
      {running && (
        <Button
          icon={rests ? <Play aria-hidden size={16} /> : <Pause aria-hidden size={16} />}
          title={rests ? texts.resumeWhereItWas : texts.pauseAfterItsSteps}
          disabled={pause.isPending}
          onClick={() => pause.mutate()}
        >
          {rests ? texts.resume : texts.pause}
        </Button>
      )}
      {running && (
        <Button
          icon={<CircleStop aria-hidden size={16} />}
          disabled={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          {cancel.isPending ? texts.cancelling : texts.cancel}
        </Button>
      )}
      {!running && (
        <Button
          icon={<RotateCw aria-hidden size={16} />}
          title={unfinished ? texts.continueAtTheFirstUnfinishedNode : texts.chooseWhatRunsAgain}
          onClick={onRetry}
        >
          {failed ? texts.retryItems(failed) : texts.retry}
        </Button>
      )}
      {!running && repeatable && (
        <Button
          tone="primary"
          icon={<Play aria-hidden size={16} />}
          title={texts.startANewRun}
          disabled={again.isPending || again.isSuccess}
          onClick={() => again.mutate()}
        >
          {texts.runAgain}
        </Button>
      )}
    </div>
  )
}
