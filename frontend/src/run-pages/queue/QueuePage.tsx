/** The queue: every run that has not ended, in the order in which they begin; mounted at `/queue`. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { ListOrdered } from 'lucide-react'
import { useState } from 'react'
import { type QueueVerb, queueChange, queueGet, queueMove } from '../../api/runs'
import type { QueuedRun, RunQueue } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { Dialog } from '../../ui/controls/Dialog'
import { Switch } from '../../ui/controls/Switch'
import { LoadError } from '../../ui/LoadError'
import { ListEmpty, ListHeader, ListWaiting } from '../../ui/list-page/ListPage'
import type { PageProps } from '../../ui/page'
import { AppShell } from '../../ui/shell/AppShell'
import { useProgress } from '../list/useProgress'
import { Tabs } from '../Tabs'
import { texts } from '../texts'
import { moved } from './order'
import css from './QueuePage.module.css'
import { QueueRow } from './QueueRow'
import { SelectionBar } from './SelectionBar'
import { useDragging } from './useDragging'
import { useQueueNews } from './useQueueNews'

/** How often the page polls while no changes are reported to it. */
const POLL_MS = 2500
const PAGE = 200
/** Runs that one tab may watch, less some. */
const WATCHED = 40

export default function QueuePage({ user }: PageProps) {
  const client = useQueryClient()
  const [all, setAll] = useState(false)
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const [cancelling, setCancelling] = useState<string[] | null>(null)
  const [said, say] = useState('')
  const key = ['queue', all]
  const again = () => void client.invalidateQueries({ queryKey: ['queue'] })
  const connected = useQueueNews(all, again)
  const queue = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => queueGet({ all, limit: PAGE }, signal),
    refetchInterval: connected ? false : POLL_MS,
    placeholderData: keepPreviousData,
  })
  const rows = queue.data?.runs ?? []
  const running = rows.filter(row => row.state === 'running' && row.mine)
  const progress = useProgress(
    running.slice(0, WATCHED).map(row => row.executionId),
    again,
  )
  const waiting = rows.filter(row => row.state === 'queued')
  const paused = rows.filter(row => row.state === 'paused')
  const chosen = rows.filter(row => selected.has(row.executionId))

  const change = async (verb: QueueVerb, ids: string[]) => {
    setCancelling(null)
    try {
      const found = await queueChange(verb, ids)
      const [refused] = found.refused
      if (refused) toast(texts.notChanged(found.refused.length, refused.error), { tone: 'bad' })
      say(texts.changed(verb, found.changed.length))
      select(new Set())
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    }
    again()
  }
  const move = async (ids: string[], after: string | null) => {
    client.setQueryData<RunQueue>(key, old => old && { ...old, runs: moved(old.runs, ids, after) })
    try {
      await queueMove(ids, after)
      const place = moved(rows, ids, after).find(row => row.executionId === ids[0])?.position
      if (place) say(texts.nowAtPlace(place))
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    }
    again()
  }
  const drag = useDragging(
    waiting.filter(row => row.mine),
    (id, after) => void move([id], after),
  )
  const send = (verb: QueueVerb, ids: string[]) =>
    verb === 'cancel' && ids.length > 1 ? setCancelling(ids) : void change(verb, ids)

  const group = (name: string, count: number, list: QueuedRun[]) =>
    list.length > 0 && (
      <section className={css.group} aria-label={name}>
        <h2>
          {name} <small>{count}</small>
        </h2>
        <ul className={css.list}>
          {list.map(row => (
            <QueueRow
              key={row.executionId}
              row={row}
              showsAccount={all}
              progress={progress.get(row.executionId)}
              selected={selected.has(row.executionId)}
              drag={row.mine && row.state === 'queued' ? drag : null}
              onSelect={on => select(toggled(selected, row.executionId, on))}
              onChange={verb => send(verb, [row.executionId])}
              onFront={() => void move([row.executionId], null)}
            />
          ))}
        </ul>
      </section>
    )

  return (
    <AppShell active="runs" user={user}>
      <ListHeader>
        <h1>{texts.runs}</h1>
        <Tabs active="queue" />
        {queue.data?.mayShowAll && (
          <span className={css.all}>
            {texts.allAccounts}
            <Switch
              label={texts.allAccounts}
              checked={all}
              onChange={on => {
                select(new Set())
                setAll(on)
              }}
            />
          </span>
        )}
      </ListHeader>
      <p className="sr-only" role="status">
        {said}
      </p>
      {queue.isPending && <ListWaiting label={texts.loading} />}
      {queue.isError && !queue.data && (
        <LoadError
          what={texts.theQueue}
          message={errorMessage(queue.error)}
          busy={queue.isFetching}
          onRetry={() => void queue.refetch()}
        />
      )}
      {queue.data && !rows.length && (
        <ListEmpty>
          <ListOrdered aria-hidden size={28} />
          <p>{texts.nothingWaits}</p>
          <a href="/">{texts.openAWorkflow}</a>
        </ListEmpty>
      )}
      {rows.length > 0 && (
        <SelectionBar
          rows={rows}
          chosen={chosen}
          onAll={on => select(new Set(on ? rows.map(row => row.executionId) : []))}
          onChange={send}
          onFront={ids => void move(ids, null)}
        />
      )}
      {group(
        texts.running,
        queue.data?.running ?? 0,
        rows.filter(row => row.state === 'running'),
      )}
      {group(texts.waitingRuns, queue.data?.waiting ?? 0, waiting)}
      {group(texts.paused, queue.data?.paused ?? 0, paused)}
      {queue.data && total(queue.data) > rows.length && (
        <p className={css.more}>{texts.andMoreRuns(total(queue.data) - rows.length)}</p>
      )}
      {cancelling && (
        <Dialog title={texts.cancelRuns(cancelling.length)} onClose={() => setCancelling(null)}>
          <p>{texts.cancelledRunsKeep}</p>
          <div className={css.buttons}>
            <Button data-autofocus onClick={() => setCancelling(null)}>
              {texts.keepThem}
            </Button>
            <Button tone="danger" onClick={() => void change('cancel', cancelling)}>
              {texts.cancelRuns(cancelling.length)}
            </Button>
          </div>
        </Dialog>
      )}
    </AppShell>
  )
}

const total = (queue: RunQueue) => queue.running + queue.waiting + queue.paused

function toggled(ids: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> {
  const next = new Set(ids)
  if (on) next.add(id)
  else next.delete(id)
  return next
}
