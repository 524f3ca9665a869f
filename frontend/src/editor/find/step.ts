/** Going to the next or the last match of a search. */
import type { Session } from '../session'
import { matchesOf } from './matches'

/** Step through the matches, round and round; the canvas follows. */
export function step(session: Session, by: number): void {
  const { find } = session.view.getState()
  if (!find) return
  const matches = matchesOf(session, find.query)
  if (!matches.length) return
  const at = (find.at + by + matches.length) % matches.length
  session.view.setState({ find: { ...find, at } })
  const match = matches[at]
  if (match) session.focus(match.id)
}
