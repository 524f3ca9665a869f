/** Credits by day as bars; each says its day and its amount. */
import type { UsageDay } from '../../api/schema'
import { amount } from '../../lib/locale'
import { texts } from '../texts'
import css from './UsageChart.module.css'
import { dayWords } from './usage'

export function UsageChart({ rows }: { rows: readonly UsageDay[] }) {
  const most = Math.max(...rows.map(row => row.amount), 0)
  const words = (row: UsageDay) => texts.dayCreditsRuns(dayWords(row.day), row.amount, row.runs)
  const [first, last] = [rows[0], rows.at(-1)]
  return (
    <figure className={css.chart}>
      <span className={css.most}>{amount(most)}</span>
      <ol className={css.bars} aria-label={texts.creditsByDay}>
        {rows.map(row => (
          <li key={row.day} title={words(row)}>
            <span className="sr-only">{words(row)}</span>
            <i style={{ height: `${most ? (row.amount / most) * 100 : 0}%` }} />
          </li>
        ))}
      </ol>
      <figcaption className={css.ends}>
        <span>{first && dayWords(first.day)}</span>
        <span>{last && dayWords(last.day)}</span>
      </figcaption>
    </figure>
  )
}
