/** All that is known of one run: what the shell mounts at `/runs/<id>`. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useMemo, useState } from 'react'
import { runDetail } from '../../api/runs'
import type { Execution } from '../../api/schema'
import { catalogGet, workflowGet } from '../../api/workflows'
import { Catalog } from '../../catalog/catalog'
import { errorMessage } from '../../lib/errors'
import { list } from '../../lib/locale'
import { ago, date, duration } from '../../lib/time'
import { toast } from '../../lib/toasts'
import { drawnWords } from '../../runs/eventWords'
import { failedItems } from '../../runs/items'
import { LoadError } from '../../ui/LoadError'
import type { PageProps } from '../../ui/page'
import { StateDot } from '../../ui/StateDot'
import { AppShell } from '../../ui/shell/AppShell'
import { lazily } from '../../ui/shell/lazily'
import { useNow } from '../../ui/useNow'
import { outcome, paid, paidInAll, price, SOURCES, tone } from '../format'
import { texts } from '../texts'
import { Actions } from './Actions'
import { Journal } from './Journal'
import { NodeTable } from './NodeTable'
import { Parts } from './Parts'
import { labelsOf, partsOf } from './parts'
import css from './RunPage.module.css'
import { titles } from './titles'
import { useLiveRun } from './useLiveRun'
import { Warnings } from './Warnings'
import { warningsOf } from './warnings'

export default function RunPage({ slug: id, user }: PageProps) {
  const run = useQuery({
    queryKey: ['run', id],
    queryFn: ({ signal }) => runDetail(id, signal),
  })
  return (
    <AppShell active="runs" user={user}>
      <nav className={css.way} aria-label={texts.whereYouAre}>
        <a href="/runs">{texts.runs}</a>
        <ChevronRight aria-hidden size={15} />
        <span>{run.data?.name || texts.run}</span>
      </nav>
      {run.isPending && <div className={css.waiting} role="status" aria-label={texts.loading} />}
      {run.isError && !run.data && (
        <LoadError
          what={texts.thisRun}
          message={errorMessage(run.error)}
          busy={run.isFetching}
          onRetry={() => void run.refetch()}
        />
      )}
      {run.data && <Known run={run.data} />}
    </AppShell>
  )
}

function Known({ run }: { run: Execution }) {
  const client = useQueryClient()
  const [attempt, setAttempt] = useState(0)
  const [retrying, setRetrying] = useState<Retrying | null>(null)
  const ended = () => void client.invalidateQueries({ queryKey: ['run', run.executionId] })
  const live = useLiveRun(run.executionId, attempt, ended, message =>
    toast(message, { tone: 'bad' }),
  )
  const catalog = useQuery({ queryKey: ['nodes'], queryFn: catalogGet })
  const slug = run.workflowSlug
  const document = useQuery({
    queryKey: ['workflow', slug],
    queryFn: () => workflowGet(slug ?? ''),
    enabled: slug !== null,
    retry: false,
  })
  const types = useMemo(() => catalog.data && new Catalog(catalog.data), [catalog.data])
  const titleOf = titles(live.events, document.data, types)
  const labels = useMemo(() => labelsOf(document.data), [document.data])
  const inputs = partsOf(run.inputs)
  const results = partsOf(run.result)
  const warnings = warningsOf(run.nodes, live.nodes)
  const drawn = drawnWords(run.randomized)

  return (
    <>
      {retrying && (
        <RetryDialog
          run={run.executionId}
          slug={slug}
          chosen={retrying.chosen}
          lacking={
            run.status !== 'completed' ||
            failedItems(live.nodes.values()) > 0 ||
            run.nodes.some(row => row.status === 'failed')
          }
          titleOf={titleOf}
          onRetried={found => {
            client.setQueryData(['run', run.executionId], found)
            setAttempt(attempt + 1)
          }}
          onClose={() => setRetrying(null)}
        />
      )}
      <header className={css.header}>
        <div className={css.title}>
          <h1>{run.name || slug || texts.run}</h1>
          <p className={css.state} role="status">
            <StateDot tone={tone(run)} />
            {outcome(run)}
          </p>
        </div>
        <Actions
          run={run}
          failed={failedItems(live.nodes.values())}
          onRetry={() => setRetrying({ chosen: null })}
        />
      </header>
      {run.status === 'failed' && run.error?.message && (
        <p className={css.bad} role="alert">
          <b>{run.error.nodeName ?? texts.theRunFailed}:</b> {run.error.message}
        </p>
      )}
      <Facts run={run} />
      <div className={css.columns}>
        <div className={css.main}>
          <section className={css.section} aria-label={texts.result}>
            <h2>{texts.result}</h2>
            {results.length > 0 ? (
              <Parts parts={results} labels={NO_LABELS} big run={run.executionId} />
            ) : (
              <p className={css.none}>
                {run.status === 'processing' ? texts.stillBeingMade : texts.thisRunHasNoResult}
              </p>
            )}
          </section>
          <section className={css.section} aria-label={texts.nodes}>
            <h2>{texts.nodes}</h2>
            <NodeTable
              run={run}
              live={live}
              titleOf={titleOf}
              onRetry={
                run.status === 'processing'
                  ? undefined
                  : (node, items) => setRetrying({ chosen: { node, items } })
              }
            />
          </section>
        </div>
        <div className={css.side}>
          <section className={css.section} aria-label={texts.inputs}>
            <h2>{texts.inputs}</h2>
            {inputs.length > 0 ? (
              <Parts parts={inputs} labels={labels} />
            ) : (
              <p className={css.none}>{texts.noneTheWorkflowsDefaultValuesWere}</p>
            )}
            {drawn && <p className={css.none}>{texts.randomNumbers(drawn)}</p>}
          </section>
          {warnings.length > 0 && (
            <section className={css.section} aria-label={texts.warnings}>
              <h2>
                {texts.warnings}{' '}
                {warnings.length > 1 && <span className={css.count}>{warnings.length}</span>}
              </h2>
              <Warnings warnings={warnings} titleOf={titleOf} />
            </section>
          )}
          <section className={css.section} aria-label={texts.events}>
            <h2>{texts.events}</h2>
            <Journal events={live.events} titleOf={titleOf} />
          </section>
        </div>
      </div>
    </>
  )
}

const RetryDialog = lazily(async () => (await import('../../ui/retry/RetryDialog')).default)

/** What the dialog is about: items of a node, or the run. */
interface Retrying {
  chosen: { node: string; items: number[] } | null
}

const NO_LABELS: ReadonlyMap<string, string> = new Map()

function Facts({ run }: { run: Execution }) {
  const now = useNow()
  const facts: [string, string][] = [
    [texts.started, texts.dateAndAgo(date(new Date(run.createdAt)), ago(run.createdAt, now))],
    [texts.duration, run.ms === null ? '' : duration(run.ms)],
    [texts.cost, price(run.cost) || texts.zeroCredits],
    [texts.paid, paid(paidInAll(run))],
    [texts.startedBy, SOURCES[run.source] ?? run.source],
    [texts.model, list(run.modelIds)],
  ]
  return (
    <dl className={css.facts}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
