/** Find in the workflow: what is typed is searched in all nodes, and the canvas follows. */
import { ChevronDown, ChevronUp, Search, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { Glyph } from '../../ui/ports/Glyph'
import { useRunOverview } from '../run/hooks'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './FindPanel.module.css'
import { matchesOf } from './matches'
import { step } from './step'

export function FindPanel() {
  const { view } = useSession()
  const open = useStore(view, state => state.find !== null)
  return open ? <Open /> : null
}

function Open() {
  const session = useSession()
  const { view, store } = session
  const find = useStore(view, state => state.find)
  const nodes = useStore(store.state, state => state.document.nodes)
  useRunOverview()
  const query = find?.query ?? ''
  const at = find?.at ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: the nodes are what is searched
  const matches = useMemo(() => matchesOf(session, query), [session, query, nodes])
  const first = matches[0]?.id
  useEffect(() => {
    if (query && first !== undefined) session.focus(first)
  }, [session, query, first])
  const close = () => view.setState({ find: null })
  const go = (to: number) => {
    view.setState({ find: { query, at: to } })
    const match = matches[to]
    if (match) session.focus(match.id)
  }
  const keys = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Escape') close()
    const by = {
      Enter: event.shiftKey ? -1 : 1,
      F3: event.shiftKey ? -1 : 1,
      ArrowDown: 1,
      ArrowUp: -1,
    }[event.key]
    if (by === undefined) return
    event.preventDefault()
    step(session, by)
  }
  return (
    <search className={css.panel} aria-label={texts.findNodes}>
      <div className={css.bar}>
        <Search size={15} aria-hidden="true" />
        <input
          // biome-ignore lint/a11y/noAutofocus: it opens to be typed into
          autoFocus
          aria-label={texts.findNodes}
          placeholder={texts.findPlaceholder}
          value={query}
          onChange={event => view.setState({ find: { query: event.target.value, at: 0 } })}
          onKeyDown={keys}
        />
        <span role="status">
          {query.trim() && texts.matchOf(matches.length ? at + 1 : 0, matches.length)}
        </span>
        <button type="button" aria-label={texts.previous} onClick={() => step(session, -1)}>
          <ChevronUp size={15} />
        </button>
        <button type="button" aria-label={texts.next} onClick={() => step(session, 1)}>
          <ChevronDown size={15} />
        </button>
        <button type="button" aria-label={texts.close} onClick={close}>
          <X size={15} />
        </button>
      </div>
      {matches.length > 0 && (
        <ul>
          {matches.slice(0, SHOWN).map((match, i) => (
            <li key={match.id}>
              <button type="button" aria-current={i === at || undefined} onClick={() => go(i)}>
                <Glyph type={match.kind} />
                <b>{match.title}</b>
                <small>{match.detail}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
      {matches.length > SHOWN && <p>{texts.andMore(matches.length - SHOWN)}</p>}
    </search>
  )
}

/** Matches in the list; the others are stepped to. */
const SHOWN = 12
