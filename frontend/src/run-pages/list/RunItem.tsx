/** One run in the list: what it made, how it went, and the way to all that is known of it. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ban, Check, LoaderCircle, TextInitial, TriangleAlert } from 'lucide-react'
import type { ExecutionSummary } from '../../api/schema'
import { runCancel } from '../../api/workflows'
import { errorMessage } from '../../lib/errors'
import { ago, timeOfDay } from '../../lib/time'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { ProgressBar } from '../../ui/controls/ProgressBar'
import { Cover } from '../../ui/media/Cover'
import { resultImage } from '../../ui/media/image'
import { StateDot } from '../../ui/StateDot'
import { useNow } from '../../ui/useNow'
import { outcome, price, SOURCES, textIn, tone } from '../format'
import { texts } from '../texts'
import css from './RunItem.module.css'
import type { Progress } from './useProgress'

export function RunItem({
  run,
  progress,
}: {
  run: ExecutionSummary
  progress: Progress | undefined
}) {
  const client = useQueryClient()
  const now = useNow()
  const running = run.status === 'processing'
  const cancel = useMutation({
    mutationFn: () => runCancel(run.executionId),
    onSettled: () => client.invalidateQueries({ queryKey: ['runs'] }),
    onError: error => toast(errorMessage(error), { tone: 'bad' }),
  })
  const said = textIn(run.result)
  const name = run.name || run.workflowSlug || texts.aRun
  return (
    <li className={css.item}>
      <ImageView run={run} />
      <div className={css.words}>
        <a className={css.name} href={`/runs/${run.executionId}`}>
          {name}
        </a>
        <p className={css.state} data-tone={tone(run)}>
          <StateDot tone={tone(run)} />
          <span>
            {outcome(run)}
            {running && progress && progress.total > 0 && (
              <> · {texts.doneOfTotal(progress.done, progress.total)}</>
            )}
            {said && <span className={css.why}> · {said}</span>}
            {run.status === 'failed' && run.error?.message && (
              <span className={css.why}>: {run.error.message}</span>
            )}
          </span>
        </p>
        {running && <ProgressBar label={texts.progressOfName(name)} share={progress?.share ?? 0} />}
      </div>
      <span className={css.cost}>{price(run.cost)}</span>
      <span className={css.source}>{SOURCES[run.source] ?? run.source}</span>
      <time className={css.when} dateTime={run.createdAt} title={ago(run.createdAt, now)}>
        {timeOfDay(run.createdAt)}
      </time>
      {running && (
        <Button
          className={css.cancel}
          disabled={cancel.isPending || cancel.isSuccess}
          onClick={() => cancel.mutate()}
        >
          {cancel.isPending || cancel.isSuccess ? texts.cancelling : texts.cancel}
        </Button>
      )}
    </li>
  )
}

/** What the run made, or a sign that says why there is no image of it. */
function ImageView({ run }: { run: ExecutionSummary }) {
  const url = resultImage(run.result)
  if (url) return <Cover url={url} width={192} className={css.image} />
  const Icon = run.result === null ? SIGNS[run.status] : TextInitial
  return (
    <span className={css.sign} data-status={run.status}>
      <Icon aria-hidden size={20} />
    </span>
  )
}

const SIGNS = { processing: LoaderCircle, completed: Check, failed: TriangleAlert, cancelled: Ban }
