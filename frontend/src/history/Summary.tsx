/** What is between two versions, in numbers. */
import type { Comparison } from '../api/schema'
import { texts } from '../ui/versions/texts'

interface Props {
  found: Comparison
  from: string
  to: string
  same: boolean
}

export function Summary({ found, from, to, same }: Props) {
  if (same) return <b>{texts.only(to)}</b>
  const changed = new Set(found.changed.map(row => row.node)).size
  const parts = [
    ['added', found.added.length, texts.addedCount] as const,
    ['removed', found.removed.length, texts.removedCount] as const,
    ['moved', found.moved.length, texts.movedCount] as const,
    ['changed', changed, texts.changedCount] as const,
  ].filter(([, count]) => count > 0)
  const isSame = !parts.length && !found.connected.length && !found.disconnected.length
  if (isSame) return <b>{texts.same(from, to)}</b>
  return (
    <>
      <b>{texts.comparedWith(from, to)}</b>
      {parts.map(([sign, count, say]) => (
        <span key={sign} data-sign={sign}>
          {say(count)}
        </span>
      ))}
    </>
  )
}
