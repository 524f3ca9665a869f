/** On the card of a selected node: which of its results is shown, and the ones beside it. */
import { ChevronLeft, ChevronRight } from 'lucide-react'
import css from './CardSteps.module.css'
import { texts } from './texts'
import { useChosen } from './useChosen'

export function CardSteps({ id }: { id: string }) {
  const { history, active, use } = useChosen(id)
  const { results } = history
  const count = results.length
  if (count < 2 || active < 0) return null
  // Newest first, as they come: the older one is to the left, as in the strip of the viewer.
  const go = (step: number) => {
    const at = active - step
    const row = results[at]
    if (row) use(row, at)
    if (step < 0 && at > count - 3 && history.hasNextPage) void history.fetchNextPage()
  }
  return (
    <div className={`${css.steps} nodrag`}>
      <button
        type="button"
        aria-label={texts.older}
        title={texts.older}
        disabled={active >= count - 1}
        onClick={() => go(-1)}
      >
        <ChevronLeft size={13} aria-hidden />
      </button>
      <span role="status">{texts.of(count - active, count, history.hasNextPage)}</span>
      <button
        type="button"
        aria-label={texts.newer}
        title={texts.newer}
        disabled={active === 0}
        onClick={() => go(1)}
      >
        <ChevronRight size={13} aria-hidden />
      </button>
    </div>
  )
}
