/** The story of a run, one line per event; a line about a node leads to it. */
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { timeOfDay } from '../../lib/time'
import { words } from '../../runs/eventWords'
import { useSession } from '../session'
import { useRunOverview } from './hooks'
import css from './RunLog.module.css'
import { texts } from './texts'

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
    <ol ref={list} className={css.log} aria-label={texts.logOfTheRun}>
      {problems.map(problem => (
        <Line
          key={`${problem.nodeId} ${problem.message}`}
          time=""
          tone="bad"
          node={problem.nodeId ?? null}
          text={problem.message}
        />
      ))}
      {events.slice(-SHOWN).map(event => {
        const { tone, text } = words(event)
        const node = 'node_id' in event ? (event.node_id ?? null) : null
        return (
          <Line
            key={event.seq}
            time={timeOfDay(event.at, true)}
            tone={tone}
            node={node}
            text={text}
          />
        )
      })}
      {!events.length && !problems.length && <li className={css.none}>{texts.nothingHasRunYet}</li>}
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
        <button type="button" onClick={() => session.focus(node)}>
          {session.titleOf(node)}
        </button>
      )}
      <span>{props.text}</span>
    </li>
  )
}
