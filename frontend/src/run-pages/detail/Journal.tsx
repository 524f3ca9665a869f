/** The journal of a run, line by line: its number, its time, and what happened. */
import type { RunEvent } from '../../api/schema'
import { timeOfDay } from '../../lib/time'
import { words } from '../../runs/eventWords'
import { texts } from '../texts'
import css from './Journal.module.css'
import type { TitleOf } from './titles'

const SHOWN = 500 // newest lines

export function Journal({ events, titleOf }: { events: readonly RunEvent[]; titleOf: TitleOf }) {
  if (!events.length) return <p className={css.none}>{texts.noEventsYet}</p>
  return (
    <ol className={css.log}>
      {events.slice(-SHOWN).map(event => {
        const { tone, text } = words(event)
        const node = 'node_id' in event && event.node_id ? titleOf(event.node_id) : ''
        return (
          <li key={event.seq} data-tone={tone}>
            <span className={css.seq}>{event.seq}</span>
            <time dateTime={event.at} title={event.at}>
              {timeOfDay(event.at, true)}
            </time>
            <span>
              {node && <b>{node} </b>}
              {text}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
