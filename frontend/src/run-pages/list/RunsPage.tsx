/** The list of runs: what the shell mounts at `/runs`. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { Fragment } from 'react'
import { runsGet } from '../../api/runs'
import { errorMessage } from '../../lib/errors'
import { dayHeading } from '../../lib/time'
import { Button } from '../../ui/controls/Button'
import { LoadError } from '../../ui/LoadError'
import { ListEmpty, ListHeader, ListWaiting } from '../../ui/list-page/ListPage'
import type { PageProps } from '../../ui/page'
import { AppShell } from '../../ui/shell/AppShell'
import { useNow } from '../../ui/useNow'
import { useQueryView } from '../../ui/useQueryView'
import { listQuery } from '../../ui/workflows/queries'
import { Tabs } from '../Tabs'
import { texts } from '../texts'
import { FilterRow } from './FilterRow'
import { ALL, type Filters, PAGE, pageQuery, parse, write } from './filters'
import { RunItem } from './RunItem'
import css from './RunsPage.module.css'
import { useProgress } from './useProgress'

const QUERY = { parse, write }
/** A run may be started elsewhere, which is not reported to this page. */
const POLL_MS = 5000

export default function RunsPage({ user }: PageProps) {
  const [filters, show] = useQueryView<Filters>(QUERY)
  const workflows = useQuery(listQuery)
  const runs = useInfiniteQuery({
    queryKey: ['runs', filters],
    queryFn: ({ pageParam, signal }) => runsGet(pageQuery(filters, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => (page.length < PAGE ? undefined : page.at(-1)?.executionId),
    refetchInterval: POLL_MS,
  })
  const rows = runs.data?.pages.flat() ?? []
  const running = rows.filter(run => run.status === 'processing')
  const progress = useProgress(
    running.map(run => run.executionId),
    () => void runs.refetch(),
  )
  const now = useNow()
  const filtered = Boolean(write(filters))
  const badges = running.length
    ? { runs: { shown: `${running.length} now`, said: `${running.length} running` } }
    : {}

  return (
    <AppShell active="runs" user={user} badges={badges}>
      <ListHeader>
        <h1>{texts.runs}</h1>
        <Tabs active="history" />
        <FilterRow filters={filters} workflows={workflows.data ?? []} onChange={show} />
      </ListHeader>
      {runs.isPending && <ListWaiting label={texts.loading} />}
      {runs.isError && !runs.data && (
        <LoadError
          what={texts.yourRuns}
          message={errorMessage(runs.error)}
          busy={runs.isFetching}
          onRetry={() => void runs.refetch()}
        />
      )}
      {runs.data && !rows.length && <Nothing filtered={filtered} onClear={() => show(ALL)} />}
      {rows.length > 0 && (
        <ul className={css.list} aria-label={texts.runs}>
          {rows.map((run, i) => {
            const heading = dayHeading(run.createdAt, now)
            const before = rows[i - 1]
            const first = !before || dayHeading(before.createdAt, now) !== heading
            return (
              <Fragment key={run.executionId}>
                {first && (
                  <li className={css.day}>
                    <h2>{heading}</h2>
                  </li>
                )}
                <RunItem run={run} progress={progress.get(run.executionId)} />
              </Fragment>
            )
          })}
        </ul>
      )}
      {runs.hasNextPage && (
        <p className={css.more}>
          <Button disabled={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
            {runs.isFetchingNextPage ? texts.loadingDots : texts.showOlderRuns}
          </Button>
        </p>
      )}
    </AppShell>
  )
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  return (
    <ListEmpty>
      <Play aria-hidden size={28} />
      {filtered ? (
        <>
          <p>{texts.noRunMatches}</p>
          <Button onClick={onClear}>{texts.showAllRuns}</Button>
        </>
      ) : (
        <>
          <p>{texts.noRunsYet}</p>
          <a href="/templates">{texts.chooseATemplate}</a>
        </>
      )}
    </ListEmpty>
  )
}
