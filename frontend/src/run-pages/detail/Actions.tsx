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

export function Actions({ run, onRetried }: { run: Execution; onRetried: () => void }) {
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
      {unfinished && (
        <Button
          icon={<RotateCw aria-hidden size={16} />}
          title={texts.continueAtTheFirstUnfinishedNode}
          disabled={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {texts.retry}
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
