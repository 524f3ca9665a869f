/** The story of a run, one line per event; a line about a node leads to it. */
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { count, duration } from '../canvas/format'
import { useSession } from '../canvas/session'
import { focusNode } from '../canvas/viewport'
import type { RunEvent } from './events'
import { useRunOverview } from './hooks'
import { titleOf } from './RunBar'
import css from './RunLog.module.css'

const SHOWN = 300 // newest lines

export function RunLog() {
  const session = useSession()
  useRunOverview()
  const problems = useStore(session.runner.state, state => state.problems)
  const list = useRef<HTMLOListElement>(null)
  const { events } = session.runs
  const last = events.at(-1)?.seq
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line scrolls into view
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [last])
  return (
    <ol ref={list} className={css.log} aria-label="Log of the run">
      {problems.map(problem => (
        <Line
          key={`${problem.node} ${problem.message}`}
          time=""
          tone="bad"
          node={problem.node ?? null}
          text={problem.message}
        />
      ))}
      {events.slice(-SHOWN).map(event => {
        const { tone, text } = words(event)
        const node = 'node_id' in event ? (event.node_id ?? null) : null
        return <Line key={event.seq} time={clock(event.at)} tone={tone} node={node} text={text} />
      })}
      {!events.length && !problems.length && <li className={css.none}>Nothing has run yet.</li>}
    </ol>
  )
}

function Line(props: { time: string; tone: string; node: string | null; text: string }) {
  const session = useSession()
  const { node } = props
  return (
    <li className={css.row} data-tone={props.tone}>
      <time>{props.time}</time>
      {node && (
        <button type="button" onClick={() => focusNode(session, node)}>
          {titleOf(session, node)}
        </button>
      )}
      <span>{props.text}</span>
    </li>
  )
}

function words(event: RunEvent): { tone: string; text: string } {
  switch (event.type) {
    case 'queued':
      return { tone: 'quiet', text: 'The run is waiting to start.' }
    case 'started':
      return {
        tone: 'quiet',
        text: `Started${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}: ${count(event.nodes?.length ?? 0, 'step')}.`,
      }
    case 'submit':
      return { tone: 'quiet', text: 'is running' }
    case 'progress':
      return { tone: 'quiet', text: event.text || `${Math.round((event.fraction ?? 0) * 100)} %` }
    case 'completion': {
      const times = event.items && event.items > 1 ? `, ${event.items} items` : ''
      const how = event.cached
        ? 'done, from an earlier result'
        : `done in ${duration(event.ms ?? 0)}`
      return { tone: 'ok', text: how + times }
    }
    case 'skipped':
      return { tone: 'quiet', text: event.reason ? `skipped: ${event.reason}` : 'skipped' }
    case 'error':
      return { tone: 'bad', text: event.message }
    case 'output':
      return { tone: 'ok', text: 'The run is done.' }
    case 'failed':
      return { tone: 'bad', text: event.message || 'The run failed.' }
    case 'cancelled':
      return { tone: 'quiet', text: 'The run was cancelled.' }
  }
}

function clock(at: string): string {
  const time = new Date(at)
  return Number.isNaN(time.getTime()) ? '' : time.toLocaleTimeString()
}
