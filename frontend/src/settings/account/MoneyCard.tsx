/** What providers of models took: by day, by key and by model. */
import type { Usage } from '../../api/schema'
import { amount, money } from '../../lib/locale'
import css from '../../ui/forms/forms.module.css'
import { texts } from '../texts'
import table from '../webhooks/WebhookCard.module.css'
import { UsageChart } from './UsageChart'
import own from './UsageTab.module.css'
import { dayWords, everyDay } from './usage'

type Calls = Pick<Usage['callsByModel'][number], 'usd' | 'calls' | 'unknownCalls' | 'usdEstimate'>

export function MoneyCard({ usage, days }: { usage: Usage; days: number }) {
  const { callsByDay, callsByCredential, callsByModel } = usage
  if (!callsByDay.length) return null
  const known = callsByDay.reduce((sum, row) => sum + (row.usd ?? 0), 0)
  const guessed = callsByDay.reduce((sum, row) => sum + row.usdEstimate, 0)
  const calls = callsByDay.reduce((sum, row) => sum + row.calls, 0)
  const bars = callsByDay.map(({ day, usd, usdEstimate }) => ({
    day,
    amount: (usd ?? 0) + usdEstimate,
    runs: 0,
  }))
  return (
    <section className={css.card}>
      <h2>{texts.paidForCalls(money(known), calls)}</h2>
      {guessed > 0 && <p className={css.help}>{texts.andAbout(money(guessed))}</p>}
      <UsageChart
        rows={everyDay(bars, days, new Date())}
        label={texts.moneyByDay}
        most={money}
        words={row => texts.dayMoney(dayWords(row.day), money(row.amount))}
      />
      <div className={own.pair}>
        <Sums
          title={texts.byKey}
          rows={callsByCredential.map(row => [row.credentialName ?? texts.withoutAKey, row])}
        />
        <Sums title={texts.byModel} rows={callsByModel.map(row => [row.model, row])} />
      </div>
    </section>
  )
}

function Sums({ title, rows }: { title: string; rows: readonly (readonly [string, Calls])[] }) {
  return (
    <table className={table.table}>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{texts.what}</th>
          <th scope="col" className={own.number}>
            {texts.calls}
          </th>
          <th scope="col" className={own.number}>
            {texts.paid}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, row], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two deleted keys may have had one name
          <tr key={index}>
            <td className={own.name}>{name}</td>
            <td className={own.number}>{amount(row.calls)}</td>
            <td className={own.number} title={row.unknownCalls ? texts.someNotSaid : undefined}>
              {paid(row)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** "$1.20", "about $0.04" where providers say nothing, "$1.20 and about $0.04". */
function paid({ usd, usdEstimate }: Calls): string {
  const about = usdEstimate ? texts.about(money(usdEstimate)) : ''
  if (usd === null) return about || texts.notSaid
  return about ? texts.bothPaid(money(usd), about) : money(usd)
}
