/** What was spent: the balance, a bar for each day, and the lines of the ledger. */

import { useQuery } from '@tanstack/react-query'
import { ChartNoAxesColumn } from 'lucide-react'
import { useState } from 'react'
import { accountGet, usageGet } from '../../api/account'
import type { UsageEntry } from '../../api/schema'
import { amount, money } from '../../lib/locale'
import { date } from '../../lib/time'
import { Choice } from '../../ui/controls/Choice'
import css from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import { texts } from '../texts'
import table from '../webhooks/WebhookCard.module.css'
import { MoneyCard } from './MoneyCard'
import { UsageChart } from './UsageChart'
import own from './UsageTab.module.css'
import { dayWords, everyDay } from './usage'

const DAYS = { '7': texts.days(7), '30': texts.days(30), '90': texts.days(90) }
type Days = keyof typeof DAYS

export function UsageTab() {
  const account = useQuery({ queryKey: ['account'], queryFn: accountGet })
  const [days, setDays] = useState<Days>('30')
  const usage = useQuery({
    queryKey: ['usage', days],
    queryFn: () => usageGet(Number(days)),
    placeholderData: before => before,
  })
  return (
    <Loaded query={account} what={texts.yourCredits}>
      {({ credits }) => (
        <>
          <section className={`${css.card} ${own.balance}`}>
            <div>
              <h2>{texts.credits}</h2>
              <b>{credits.unlimited ? texts.unlimited : amount(credits.balance)}</b>
              {!credits.unlimited && credits.monthly !== null && (
                <p>{texts.aMonth(credits.monthly)}</p>
              )}
              {credits.unlimited && <p>{texts.runsAreNeverRefusedForTheir}</p>}
            </div>
            <Choice label={texts.daysShown} options={DAYS} value={days} onChange={setDays} />
          </section>
          <Loaded query={usage} what={texts.yourUsage}>
            {all => {
              const { byDay, entries } = all
              if (!entries.length) {
                return (
                  <div className={`${css.empty} ${own.none}`}>
                    <ChartNoAxesColumn aria-hidden size={26} strokeWidth={1.6} />
                    <p>{texts.nothingHasCostCredits(DAYS[days])}</p>
                  </div>
                )
              }
              const total = byDay.reduce((sum, row) => sum + row.amount, 0)
              const runs = byDay.reduce((sum, row) => sum + row.runs, 0)
              return (
                <>
                  <section className={css.card}>
                    <h2>{texts.creditsInRuns(total, runs)}</h2>
                    <UsageChart
                      rows={everyDay(byDay, Number(days), new Date())}
                      label={texts.creditsByDay}
                      most={amount}
                      words={row => texts.dayCreditsRuns(dayWords(row.day), row.amount, row.runs)}
                    />
                  </section>
                  <MoneyCard usage={all} days={Number(days)} />
                  <section className={css.card}>
                    <Entries rows={entries} />
                  </section>
                </>
              )
            }}
          </Loaded>
        </>
      )}
    </Loaded>
  )
}

const KINDS: Record<string, string> = {
  grant: texts.allowance,
  charge: texts.node,
  usage: texts.node,
  adjustment: texts.adjustment,
  call: texts.call,
}

function Entries({ rows }: { rows: readonly UsageEntry[] }) {
  return (
    <div className={own.scroll}>
      <table className={table.table}>
        <caption>{texts.entries}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.when}</th>
            <th scope="col">{texts.what}</th>
            <th scope="col" className={own.number}>
              {texts.credits}
            </th>
            <th scope="col" className={own.number}>
              {texts.paid}
            </th>
            <th scope="col" className={own.number}>
              {texts.balance}
            </th>
            <th scope="col">{texts.run}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a ledger have no other identity
            <tr key={index}>
              <td>{date(new Date(row.at), WHEN)}</td>
              <td>{whatOf(row)}</td>
              <td className={own.number}>{row.kind === 'call' ? '' : amount(row.amount)}</td>
              <td className={own.number}>{row.usd === null ? '' : money(row.usd)}</td>
              <td className={own.number}>{amount(row.balanceAfter)}</td>
              <td>
                {row.executionId && (
                  <a href={`/runs/${row.executionId}`}>{row.workflowSlug ?? texts.run}</a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What a line is about: a call of a model and whose key it used, a node, or why there is a line. */
function whatOf({ kind, nodeId, model, credentialName }: UsageEntry): string {
  if (kind !== 'call') return nodeId ?? KINDS[kind ?? ''] ?? kind ?? ''
  return credentialName ? texts.modelWithKey(model ?? '', credentialName) : (model ?? texts.call)
}

const WHEN: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
}
