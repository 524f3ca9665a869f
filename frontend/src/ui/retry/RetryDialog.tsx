/** What of a run runs again, in which version, and what that is: nodes, items, time, money, keys. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import { slotList } from '../../api/account'
import { versionsGet } from '../../api/history'
import { type RetryOptions, retryPlan, runRetry } from '../../api/runs'
import type { Execution, PlannedNode, RetryPlan } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { list } from '../../lib/locale'
import { moneyRange, spendByKey, timeWords } from '../../runs/plan'
import { Button } from '../controls/Button'
import { Choice } from '../controls/Choice'
import { Dialog } from '../controls/Dialog'
import { texts } from '../texts'
import css from './RetryDialog.module.css'

type What = 'failed' | 'all'

interface Props {
  run: string
  /** The workflow of the run; null where it is gone. */
  slug: string | null
  /** The items that were chosen, and their node; without, what has failed. */
  chosen?: { node: string; items: number[] } | null
  /** Whether something of it has no result. */
  lacking: boolean
  titleOf: (node: string) => string
  onRetried: (run: Execution) => void
  onClose: () => void
}

/** Nodes that are listed; more are counted above. */
const MOST_SHOWN = 8

export default function RetryDialog({
  run,
  slug,
  chosen,
  lacking,
  titleOf,
  onRetried,
  onClose,
}: Props) {
  const [what, setWhat] = useState<What>(lacking ? 'failed' : 'all')
  const [version, setVersion] = useState('')
  const options: RetryOptions = chosen
    ? { fromNode: chosen.node, items: chosen.items }
    : what === 'all'
      ? { failedOnly: false }
      : {}
  const plan = useQuery({
    queryKey: ['retry', run, options, version],
    queryFn: () => retryPlan(run, options, version),
    gcTime: 0,
    retry: false,
  })
  const retry = useMutation({
    mutationFn: () => runRetry(run, options, version),
    onSuccess: found => {
      onRetried(found)
      onClose()
    },
  })
  const error = retry.error ?? plan.error
  return (
    <Dialog
      title={
        chosen ? texts.retry.items(chosen.items.length, titleOf(chosen.node)) : texts.retry.run
      }
      onClose={onClose}
    >
      <div className={css.choices}>
        {!chosen && (
          <Choice
            label={texts.retry.what}
            options={texts.retry.whats}
            value={what}
            onChange={setWhat}
          />
        )}
        {slug !== null && (
          <>
            <Choice
              label={texts.retry.version}
              options={texts.retry.versions}
              value={version as '' | 'draft' | 'published'}
              onChange={setVersion}
            />
            <KeptVersions slug={slug} value={version} onChange={setVersion} />
          </>
        )}
      </div>
      <section className={css.plan} aria-label={texts.retry.plan} aria-live="polite">
        {error ? (
          <p role="alert">{errorMessage(error)}</p>
        ) : plan.data ? (
          <Plan plan={plan.data} slug={slug} titleOf={titleOf} />
        ) : (
          <p>{texts.retry.loading}</p>
        )}
      </section>
      <footer className={css.buttons}>
        <Button onClick={onClose}>{texts.cancel}</Button>
        <Button
          tone="primary"
          data-autofocus
          icon={<RotateCw aria-hidden size={15} />}
          disabled={!plan.data || plan.data.problems.length > 0 || retry.isPending}
          onClick={() => retry.mutate()}
        >
          {plan.data ? texts.retry.go(amountIn(plan.data)) : texts.retry.run}
        </Button>
      </footer>
    </Dialog>
  )
}

/** The versions that were given a name, or published, to choose one; nothing without any. */
function KeptVersions({
  slug,
  value,
  onChange,
}: {
  slug: string
  value: string
  onChange: (version: string) => void
}) {
  const { data } = useQuery({
    queryKey: ['versions', slug],
    queryFn: ({ signal }) => versionsGet(slug, signal),
  })
  // Of several with one name the API takes the newest, which is listed first.
  const names = new Map(
    data?.versions.map(({ name, number }) =>
      number === null ? [name, name] : [`${number}`, texts.retry.numbered(number)],
    ),
  )
  if (!names.size) return null
  return (
    <select
      className={css.kept}
      aria-label={texts.retry.earlier}
      value={names.has(value) ? value : ''}
      onChange={event => onChange(event.target.value)}
    >
      <option value="">{texts.retry.earlier}</option>
      {[...names].map(([version, name]) => (
        <option key={version} value={version}>
          {name}
        </option>
      ))}
    </select>
  )
}

/** "2 nodes", "3 items": what a retry runs, in short. */
function amountIn({ run, nodes }: RetryPlan): string {
  const [first] = nodes
  if (nodes.length === 1 && first?.items != null) return texts.retry.itemsOf(first.items)
  return texts.retry.nodes(run.length)
}

function Plan({ plan, slug, titleOf }: Pick<Props, 'slug' | 'titleOf'> & { plan: RetryPlan }) {
  const { data: slots } = useQuery({
    queryKey: ['slots', slug],
    queryFn: () => slotList(slug ?? ''),
    enabled: slug !== null,
  })
  if (plan.problems.length) {
    return (
      <ol className={css.nodes} data-bad>
        {plan.problems.slice(0, MOST_SHOWN).map(({ message }) => (
          <li key={message}>{message}</li>
        ))}
      </ol>
    )
  }
  const items = plan.nodes.reduce((sum, node) => sum + (node.items ?? 0), 0)
  const facts = [
    items ? texts.retry.itemsOf(items) : '',
    timeWords(plan.seconds, plan.untimed),
    plan.credits ? texts.retry.credits(plan.credits) : '',
    moneyRange(plan.usd) || (plan.credits ? '' : texts.retry.free),
    plan.kept.length ? texts.retry.kept(plan.kept.length) : '',
  ]
  const keys = spendByKey(plan, slots ?? []).flatMap(({ name, usd }) => {
    const range = moneyRange(usd)
    return name ? [range ? texts.retry.paid(range, name) : texts.retry.uses(name)] : []
  })
  return (
    <>
      <b>{texts.retry.willRun(plan.run.length)}</b>
      <p>{facts.filter(Boolean).join(' · ')}</p>
      {keys.map(words => (
        <p key={words}>{words}</p>
      ))}
      <ol className={css.nodes}>
        {plan.nodes.slice(0, MOST_SHOWN).map(node => (
          <li key={node.id}>
            <span>
              <b>{titleOf(node.id)}</b> {reasonOf(node, titleOf)}
            </span>
            {node.items !== null && <small>{texts.retry.itemsOf(node.items)}</small>}
          </li>
        ))}
      </ol>
    </>
  )
}

function reasonOf({ reason, fields, source }: PlannedNode, titleOf: Props['titleOf']): string {
  if (reason === 'source') return texts.retry.source(titleOf(source ?? ''))
  if (reason === 'changed') return texts.retry.changed(list(fields))
  if (reason === 'failed') return texts.retry.failed
  return reason === 'unreached' ? texts.retry.unreached : texts.retry.forced
}
