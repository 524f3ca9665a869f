/** What was spent: the balance, a bar for each day, and the lines of the ledger. */

import { useQuery } from '@tanstack/react-query'
import { ChartNoAxesColumn } from 'lucide-react'
import { useState } from 'react'
import { accountGet, usageGet } from '../../api/account'
import type { UsageEntry } from '../../api/schema'
import { amount, count } from '../../lib/format'
import { Choice } from '../../ui/controls/Choice'
import css from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import table from '../webhooks/WebhookCard.module.css'
import { UsageChart } from './UsageChart'
import own from './UsageTab.module.css'
import { everyDay } from './usage'

const DAYS = { '7': '7 days', '30': '30 days', '90': '90 days' } as const
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
    <Loaded query={account} what="your credits">
      {({ credits }) => (
        <>
          <section className={`${css.card} ${own.balance}`}>
            <div>
              <h2>Credits</h2>
              <b>{credits.unlimited ? 'Unlimited' : amount(credits.balance)}</b>
              {!credits.unlimited && credits.monthly !== null && (
                <p>{amount(credits.monthly)} a month</p>
              )}
              {credits.unlimited && <p>Runs are never refused for their cost.</p>}
            </div>
            <Choice label="Days shown" options={DAYS} value={days} onChange={setDays} />
          </section>
          <Loaded query={usage} what="your usage">
            {({ byDay, entries }) => {
              if (!entries.length) {
                return (
                  <div className={`${css.empty} ${own.none}`}>
                    <ChartNoAxesColumn aria-hidden size={26} strokeWidth={1.6} />
                    <p>
                      Nothing has cost credits in the last {DAYS[days]}. Nodes that run on this
                      server are free.
                    </p>
                  </div>
                )
              }
              const total = byDay.reduce((sum, row) => sum + row.amount, 0)
              const runs = byDay.reduce((sum, row) => sum + row.runs, 0)
              return (
                <>
                  <section className={css.card}>
                    <h2>
                      {amount(total)} credits in {count(runs, 'run')}
                    </h2>
                    <UsageChart rows={everyDay(byDay, Number(days), new Date())} />
                  </section>
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
  grant: 'Allowance',
  charge: 'Node',
  usage: 'Node',
  adjustment: 'Adjustment',
}

function Entries({ rows }: { rows: readonly UsageEntry[] }) {
  return (
    <div className={own.scroll}>
      <table className={table.table}>
        <caption>Entries</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col" className={own.number}>
              Credits
            </th>
            <th scope="col" className={own.number}>
              Balance
            </th>
            <th scope="col">Run</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a ledger have no other identity
            <tr key={index}>
              <td>{new Date(row.at).toLocaleString('en-GB', WHEN)}</td>
              <td>{row.nodeId ?? KINDS[row.kind ?? ''] ?? row.kind ?? ''}</td>
              <td className={own.number}>{amount(row.amount)}</td>
              <td className={own.number}>{amount(row.balanceAfter)}</td>
              <td>
                {row.executionId && (
                  <a href={`/runs/${row.executionId}`}>{row.workflowSlug ?? 'Run'}</a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const WHEN: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
}
