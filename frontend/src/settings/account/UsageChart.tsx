/** What was spent by day as bars; each says its day and its amount. */
import type { UsageDay } from '../../api/schema'
import css from './UsageChart.module.css'
import { dayWords } from './usage'

interface Props {
  rows: readonly UsageDay[]
  label: string
  /** How an amount reads, and the whole bar. */
  most: (amount: number) => string
  words: (row: UsageDay) => string
}

export function UsageChart({ rows, label, most: write, words }: Props) {
  const most = Math.max(...rows.map(row => row.amount), 0)
  const [first, last] = [rows[0], rows.at(-1)]
  return (
    <figure className={css.chart}>
      <span className={css.most}>{write(most)}</span>
      <ol className={css.bars} aria-label={label}>
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
