/** What can be done with a run: stop it, take it up again, do it again, look at its workflow. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleStop, Play, RotateCw, SquareArrowOutUpRight } from 'lucide-react'
import { runAgain, runRetry } from '../../api/runs'
import type { Execution } from '../../api/schema'
import { runCancel } from '../../api/workflows'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { editorAddress } from '../../ui/workflows/queries'
import { texts } from '../texts'
import css from './Actions.module.css'

interface Props {
  run: Execution
  /** How many items of lists have no result though the run goes on without them. */
  failed: number
  onRetried: () => void
}

export function Actions({ run, failed, onRetried }: Props) {
  const client = useQueryClient()
  const id = run.executionId
  const refused = (error: unknown) => toast(errorMessage(error), { tone: 'bad' })
  const now = (found: Execution) => client.setQueryData(['run', id], found)
  const cancel = useMutation({
    mutationFn: () => runCancel(id),
    onSuccess: found => now(found as Execution),
    onError: refused,
  })
  const retry = useMutation({
    mutationFn: () => runRetry(id),
    onSuccess: found => {
      now(found)
      onRetried()
    },
    onError: refused,
  })
  const again = useMutation({
    mutationFn: () => runAgain(run),
    onSuccess: ({ executionId }) => location.assign(`/runs/${executionId}`),
    onError: refused,
  })
  const running = run.status === 'processing'
  const unfinished = run.status === 'failed' || run.status === 'cancelled'
  const lacking = !running && (failed > 0 || run.nodes.some(row => row.status === 'failed'))
  const repeatable = run.workflowSlug !== null || run.modelIds.length > 0
  return (
    <div className={css.actions}>
      {run.workflowSlug !== null && (
        <a
          className={css.link}
          href={`${editorAddress(run.workflowSlug)}?run=${id}`}
          title={texts.theWorkflowAsItWas}
        >
          <SquareArrowOutUpRight aria-hidden size={15} />
          {texts.openInTheEditor}
        </a>
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
      {(unfinished || lacking) && (
        <Button
          icon={<RotateCw aria-hidden size={16} />}
          title={unfinished ? texts.continueAtTheFirstUnfinishedNode : texts.runWhatHasNoResult}
          disabled={retry.isPending}
          onClick={() => retry.mutate()}
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
