/** What a runner does and what waits there, in its order; one's own runs lead to their pages. */

import { useQuery } from '@tanstack/react-query'
import { runnerQueue } from '../api/runners'
import type { Runner, RunnerQueueItem } from '../api/schema'
import { errorMessage } from '../lib/errors'
import css from './Queue.module.css'
import { texts } from './texts'

const POLL_MS = 4000

export function Queue({ runner }: { runner: Runner }) {
  const queue = useQuery({
    queryKey: ['runner queue', runner.id],
    queryFn: () => runnerQueue(runner.id),
    refetchInterval: POLL_MS,
    retry: false,
    staleTime: 0,
  })
  if (queue.error) {
    return (
      <p className={css.bad} role="alert">
        {texts.itsQueueCannotBeRead} {errorMessage(queue.error)}
      </p>
    )
  }
  if (!queue.data) return <p className={css.none}>{texts.loadingItsQueue}</p>
  const { running, pending } = queue.data
  if (!running.length && !pending.length) {
    return <p className={css.none}>{texts.theQueueIsEmpty}</p>
  }
  return (
    <ol className={css.queue} aria-label={texts.queueOfName(runner.name)}>
      {[...running, ...pending].map((row, i) => (
        <Row
          // Requests of others are shown without their ids.
          key={row.promptId || `place ${i}`}
          row={row}
          place={i < running.length ? texts.running : texts.place(i + 1)}
        />
      ))}
    </ol>
  )
}

function Row({ row, place }: { row: RunnerQueueItem; place: string }) {
  return (
    <li>
      <span className={css.place}>{place}</span>
      {row.mine && row.executionId ? (
        <a href={`/runs/${row.executionId}`}>{texts.yourRun}</a>
      ) : (
        <span>{row.mine ? texts.yourRun : texts.anotherUsers}</span>
      )}
      {row.promptId && <code title={row.promptId}>{row.promptId.slice(0, 8)}</code>}
    </li>
  )
}
