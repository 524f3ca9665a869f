/** Walking from change to change of a comparison, by buttons and by [ and ]. */
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '../ui/controls/Button'
import { isTyping } from '../ui/isTyping'
import { texts } from '../ui/versions/texts'
import css from './HistoryPage.module.css'

/** The change that is looked at, of the ids of those there are. */
export function useWalk(changes: readonly string[]) {
  const [current, setCurrent] = useState<string | null>(null)
  const at = current === null ? -1 : changes.indexOf(current)
  const step = (by: number) => {
    if (!changes.length) return
    const next =
      at < 0 ? (by > 0 ? 0 : changes.length - 1) : (at + by + changes.length) % changes.length
    setCurrent(changes[next] ?? null)
  }
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey) return
      if (event.key === '[') step(-1)
      if (event.key === ']') step(1)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })
  return { current, setCurrent, at, step }
}

interface Props {
  at: number
  count: number
  onStep: (by: number) => void
}

export function Walk({ at, count, onStep }: Props) {
  if (!count) return null
  return (
    <div className={css.walk}>
      <Button
        tone="ghost"
        label={texts.previousChange}
        icon={<ChevronLeft size={16} />}
        onClick={() => onStep(-1)}
      />
      <span>{texts.changeOf(Math.max(1, at + 1), count)}</span>
      <Button
        tone="ghost"
        label={texts.nextChange}
        icon={<ChevronRight size={16} />}
        onClick={() => onStep(1)}
      />
    </div>
  )
}
