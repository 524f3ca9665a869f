/** Extra request headers, a row each; a kept value shows masked until it is typed again. */
import { Plus, X } from 'lucide-react'
import { Button } from '../ui/controls/Button'
import css from './HeaderRows.module.css'
import { texts } from './texts'

export interface HeaderRow {
  key: number
  name: string
  /** What was typed; null keeps the secret that the server has. */
  value: string | null
  /** How the server masks the value it has. */
  masked: string
}

let made = 0

/** The rows of the headers a runner has. */
export function rowsOf(headers: Record<string, string>): HeaderRow[] {
  return Object.entries(headers).map(([name, masked]) => ({
    key: ++made,
    name,
    value: null,
    masked,
  }))
}

/** The headers to send; a kept one goes as the mask it came with. */
export function headersOf(rows: readonly HeaderRow[]): Record<string, string> {
  const named = rows.filter(row => row.name.trim())
  return Object.fromEntries(named.map(row => [row.name.trim(), row.value ?? row.masked]))
}

export function HeaderRows({
  rows,
  onChange,
}: {
  rows: HeaderRow[]
  onChange: (rows: HeaderRow[]) => void
}) {
  const change = (key: number, part: Partial<HeaderRow>) =>
    onChange(rows.map(row => (row.key === key ? { ...row, ...part } : row)))
  return (
    <div className={css.rows}>
      {rows.map(row => (
        <div key={row.key} className={css.row}>
          <input
            aria-label={texts.headerName}
            placeholder={texts.authorization}
            spellCheck={false}
            autoCapitalize="none"
            // The secret belongs to this name: under another one it would be a new header.
            readOnly={row.masked !== ''}
            value={row.name}
            onChange={event => change(row.key, { name: event.target.value })}
          />
          <input
            aria-label={row.name ? texts.valueOfName(row.name) : texts.valueOfTheHeader}
            type="password"
            autoComplete="new-password"
            placeholder={row.masked ? texts.kept(row.masked) : texts.bearer}
            value={row.value ?? ''}
            onChange={event => {
              const typed = event.target.value
              change(row.key, { value: typed || !row.masked ? typed : null })
            }}
          />
          <Button
            tone="ghost"
            label={row.name ? texts.removeName(row.name) : texts.removeThisHeader}
            icon={<X aria-hidden size={15} />}
            onClick={() => onChange(rows.filter(other => other.key !== row.key))}
          />
        </div>
      ))}
      <Button
        icon={<Plus aria-hidden size={15} />}
        onClick={() => onChange([...rows, { key: ++made, name: '', value: '', masked: '' }])}
      >
        {texts.addAHeader}
      </Button>
    </div>
  )
}
