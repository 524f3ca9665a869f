/** The ways to run, and what each would do: which nodes, why, for how long, and whose money. */

import { useQuery } from '@tanstack/react-query'
import { Play, Zap } from 'lucide-react'
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { credentialList, slotList } from '../../api/account'
import { runPlan } from '../../api/results'
import type { Credential, PlannedNode, RunPlan } from '../../api/schema'
import { list, money } from '../../lib/locale'
import { type KeySpend, moneyRange, skippedWords, spendByKey, timeWords } from '../../runs/plan'
import { Button } from '../../ui/controls/Button'
import { useAway } from '../../ui/useAway'
import { keysOf } from '../actions/keys'
import { useSession } from '../session'
import css from './PlanPanel.module.css'
import { reasonWords } from './reasons'
import { texts } from './texts'
import { WAYS } from './ways'

export function PlanPanel({ onClose }: { onClose: () => void }) {
  const session = useSession()
  const ref = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState(0)
  const way = WAYS[chosen] ?? WAYS[0]
  const version = useStore(session.runner.state, state => state.version)
  const wanted = way?.options(session) ?? null
  const options = wanted && { ...wanted, version }
  const { slug, sync } = session
  const known = useStore(session.runner.state, state => state.plan)
  const { data: plan, refetch } = useQuery({
    queryKey: ['plan', slug, options],
    queryFn: async () => {
      await sync.flush()
      return options ? runPlan(slug, options) : null
    },
    gcTime: 0,
    placeholderData: before => before,
  })
  // A run that ends while this is open changes what the next one would do.
  useEffect(() => {
    if (known) void refetch()
  }, [known, refetch])
  useLayoutEffect(() => {
    ref.current?.querySelector<HTMLButtonElement>('button')?.focus({ preventScroll: true })
  }, [])
  useAway(ref, onClose)

  const run = (index: number) => {
    const { action } = WAYS[index] ?? {}
    if (!action || action.when?.(session) === false) return
    onClose()
    action.run(session)
  }
  const keys = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Escape') {
      event.preventDefault()
      onClose()
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (!step) return
    event.preventDefault()
    const buttons = [...(ref.current?.querySelectorAll<HTMLButtonElement>('[data-way]') ?? [])]
    const able = buttons.filter(button => !button.disabled)
    const at = able.indexOf(document.activeElement as HTMLButtonElement)
    able[(at + step + able.length) % able.length]?.focus()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of everything inside
    <div ref={ref} className={css.panel} onKeyDown={keys}>
      <div role="menu" aria-label={texts.waysToRun} className={css.ways}>
        {WAYS.map(({ action, label }, index) => (
          <button
            type="button"
            role="menuitem"
            key={action.id}
            data-way
            data-on={index === chosen || undefined}
            className={css.way}
            disabled={action.when ? !action.when(session) : false}
            onFocus={() => setChosen(index)}
            onPointerEnter={() => setChosen(index)}
            onClick={() => run(index)}
          >
            {action.icon && <action.icon size={15} />}
            <span>{label(session)}</span>
            {keysOf(action) && <kbd>{keysOf(action)}</kbd>}
          </button>
        ))}
      </div>
      <section className={css.plan} aria-label={texts.plan.title} aria-live="polite">
        {plan ? <Plan plan={plan} onClose={onClose} /> : <p>{texts.plan.loading}</p>}
      </section>
      <footer className={css.go}>
        <small>{plan ? skippedWords(plan) : ''}</small>
        {plan?.usd && <Budget high={plan.usd.high} />}
        <Button
          tone="primary"
          icon={<Play size={13} fill="currentColor" />}
          disabled={!plan || plan.problems.length > 0}
          onClick={() => run(chosen)}
        >
          {texts.plan.run(plan?.run.length ?? 0)}
        </Button>
      </footer>
    </div>
  )
}

function Plan({ plan, onClose }: { plan: RunPlan; onClose: () => void }) {
  const session = useSession()
  const { slug } = session
  const { data: slots } = useQuery({ queryKey: ['slots', slug], queryFn: () => slotList(slug) })
  const { data: stored } = useQuery({ queryKey: ['credentials'], queryFn: credentialList })
  const show = (id: string) => {
    onClose()
    session.flow.select([id])
    session.focus(id)
  }
  if (plan.problems.length) return <Problems plan={plan} onShow={show} />
  const earlier = new Set(plan.earlier)
  const items = plan.nodes.reduce((sum, node) => sum + (node.items ?? 0), 0)
  const facts = [
    plan.cached.length ? texts.plan.cached(plan.cached.length) : '',
    items ? texts.plan.items(items) : '',
    timeWords(plan.seconds, plan.untimed),
    plan.credits ? texts.plan.credits(plan.credits) : '',
  ].filter(Boolean)
  const spends = spendByKey(plan, slots ?? [])
  return (
    <>
      <header>
        <h2>
          {!plan.run.length
            ? texts.noNodeHasToRun
            : plan.cached.length
              ? texts.plan.running(plan.run.length, plan.run.length + plan.cached.length)
              : texts.nodesWillRun(plan.run.length)}
        </h2>
        <p>{facts.length ? facts.join(' · ') : plan.run.length ? '' : texts.plan.nothing}</p>
      </header>
      {plan.paidFor && <PaidFor offer={plan.paidFor} />}
      {(plan.paidFor?.pays ? [] : spends).map(spend => (
        <Spend
          key={spend.credential || spend.origin}
          spend={spend}
          stored={stored?.find(({ id }) => id === spend.credential)}
        />
      ))}
      {plan.nodes.length > 0 && (
        <>
          <h3>{texts.plan.why}</h3>
          <ol className={css.why}>
            {plan.nodes.slice(0, MOST_SHOWN).map((node, index) => (
              <li key={node.id}>
                <button type="button" onClick={() => show(node.id)}>
                  <i>{index + 1}</i>
                  <span>
                    <b>{session.titleOf(node.id)}</b> {reasonWords(session, node)}
                  </span>
                  <small>{factsOf(node)}</small>
                </button>
              </li>
            ))}
          </ol>
        </>
      )}
      <Kept ids={plan.cached.filter(id => !earlier.has(id))} words={texts.plan.cachedNodes} />
      <Kept ids={plan.earlier} words={texts.plan.earlierNodes} />
    </>
  )
}

/** Nodes whose results are there, and how they are used. */
function Kept({ ids, words }: { ids: readonly string[]; words: string }) {
  const session = useSession()
  if (!ids.length) return null
  return (
    <p className={css.cached}>
      <Zap size={13} />
      <span>{list(ids.slice(0, MOST_SHOWN).map(id => session.titleOf(id)))}</span>
      <small>{words}</small>
    </p>
  )
}

/** What the run may spend at providers: it stops before the call that would go beyond. */
function Budget({ high }: { high: number }) {
  const { runner } = useSession()
  const most = useStore(runner.state, state => state.maxUsd)
  return (
    <label className={css.budget} data-over={(most !== null && high > most) || undefined}>
      {most !== null && high > most ? texts.plan.mayStopEarly : texts.plan.stopAt}
      <input
        type="number"
        min="0"
        step="0.01"
        inputMode="decimal"
        placeholder={texts.plan.noLimit}
        value={most ?? ''}
        onChange={event => {
          const { valueAsNumber } = event.target
          runner.state.setState({ maxUsd: valueAsNumber >= 0 ? valueAsNumber : null })
        }}
      />
    </label>
  )
}

/** Who pays: the owner for what is published, within a limit, or the user for the draft. */
function PaidFor({ offer }: { offer: NonNullable<RunPlan['paidFor']> }) {
  const { runner } = useSession()
  const { user, number, dailyUsd, spentUsd, pays } = offer
  return (
    <div className={css.money}>
      <b>{pays ? texts.plan.withKeysOf(user, number) : texts.plan.ownKeys(user, number)}</b>
      <small>{texts.plan.spentOfDay(money(spentUsd), money(dailyUsd))}</small>
      <Button onClick={() => runner.choose(pays ? 'draft' : 'published')}>
        {pays ? texts.plan.runDraft : texts.plan.runPublished(user, number)}
      </Button>
    </div>
  )
}

/** Rows of nodes, of each kind: more are counted above. */
const MOST_SHOWN = 50

const factsOf = (node: PlannedNode): string =>
  [
    node.items === null ? '' : texts.plan.items(node.items),
    timeWords(node.seconds),
    moneyRange(node.usd) || (node.credits ? texts.plan.credits(node.credits) : texts.plan.free),
  ]
    .filter(Boolean)
    .join(' · ')

function Spend({ spend, stored }: { spend: KeySpend; stored: Credential | undefined }) {
  const { name, origin, usd } = spend
  if (!name) {
    return (
      <div className={css.money} data-missing>
        <b>{texts.plan.needsKey(origin)}</b>
        <a href="/settings#credentials">{texts.plan.addKey}</a>
      </div>
    )
  }
  const cap = stored?.capPerDay ?? null
  const spent = stored?.spentToday ?? 0
  const more = usd?.high ?? 0
  const range = moneyRange(usd)
  return (
    <div className={css.money}>
      <b>{range ? texts.plan.paid(range, name) : texts.plan.uses(name)}</b>
      {cap !== null && (
        <>
          <div className={css.bar} aria-hidden="true">
            <i style={{ width: `${share(spent, cap)}%` }} />
            <i
              data-more
              style={{ width: `${Math.min(share(more, cap), 100 - share(spent, cap))}%` }}
            />
          </div>
          <small>
            {texts.plan.spentToday(money(spent))} <span>{texts.plan.capADay(money(cap))}</span>
          </small>
          {spent + more > cap && <p>{texts.plan.overTheCap}</p>}
        </>
      )}
    </div>
  )
}

const share = (usd: number, cap: number) => Math.min(100, cap ? (usd / cap) * 100 : 100)

function Problems({ plan, onShow }: { plan: RunPlan; onShow: (id: string) => void }) {
  return (
    <>
      <header data-bad>
        <h2>{texts.plan.problems(plan.problems.length)}</h2>
        <p>{texts.plan.stops}</p>
      </header>
      <ol className={css.why}>
        {plan.problems.slice(0, MOST_SHOWN).map((problem, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two problems may read the same
          <li key={index}>
            <button
              type="button"
              disabled={!problem.nodeId}
              onClick={() => problem.nodeId && onShow(problem.nodeId)}
            >
              <span>{problem.message}</span>
            </button>
          </li>
        ))}
      </ol>
    </>
  )
}
