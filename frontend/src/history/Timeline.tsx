/** A line of all versions with two handles: which one is looked at, and with which it is compared. */
import type { HistoryEntry, KeptVersion } from '../api/schema'
import { ago } from '../lib/time'
import { inkOf } from '../ui/versions/EntryList'
import { texts } from '../ui/versions/texts'
import css from './Timeline.module.css'

interface Props {
  current: number
  from: number
  to: number
  entries: readonly HistoryEntry[]
  versions: readonly KeptVersion[]
  nameOf: (version: number) => string
  onMove: (from: number, to: number) => void
}

export function Timeline({ current, from, to, entries, versions, nameOf, onMove }: Props) {
  const now = new Date()
  const place = (version: number) => `${(100 * (version - 1)) / Math.max(1, current - 1)}%`
  const marks = versions.filter(row => row.number !== null)
  const whenOf = (version: number) => {
    const entry = entries.find(row => row.after >= version && row.before < version)
    return entry ? ago(entry.ended, now) : ''
  }
  return (
    <section className={css.timeline} aria-label={texts.timeline}>
      <div className={css.track}>
        <i className={css.line} />
        <i
          className={css.range}
          style={{
            left: place(Math.min(from, to)),
            right: `calc(100% - ${place(Math.max(from, to))})`,
          }}
        />
        {entries.map(entry => (
          <i
            key={entry.after}
            className={css.tick}
            style={{ left: place(entry.after), background: `var(--t-${inkOf(entry.author)})` }}
          />
        ))}
        {marks.map(row => (
          <span key={row.id} className={css.mark} style={{ left: place(row.version) }}>
            {texts.published(row.number ?? 0)}
          </span>
        ))}
        <input
          type="range"
          aria-label={texts.olderVersion}
          aria-valuetext={nameOf(from)}
          min={1}
          max={current}
          value={from}
          onChange={event => onMove(Math.min(Number(event.target.value), to), to)}
        />
        <input
          type="range"
          aria-label={texts.newerVersion}
          aria-valuetext={nameOf(to)}
          min={1}
          max={current}
          value={to}
          onChange={event => onMove(from, Math.max(Number(event.target.value), from))}
        />
      </div>
      <p className={css.words}>
        <span>
          <b>{nameOf(from)}</b> {whenOf(from)}
        </span>
        <span>
          <b>{nameOf(to)}</b> {to === current ? '' : whenOf(to)}
        </span>
      </p>
    </section>
  )
}
