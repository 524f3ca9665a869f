/** Takes files dropped anywhere on the page, and says so while some hover over it. */
import { FileJson } from 'lucide-react'
import css from './DropVeil.module.css'
import { useFileDrop } from './useFileDrop'

interface Props {
  /** What happens to files that are dropped here. */
  children: string
  /** Only a frame and a word at the edge: what is below must stay in sight. */
  clear?: boolean
  take: (files: File[]) => void
}

export function DropVeil({ children, clear, take }: Props) {
  const over = useFileDrop(take)
  if (!over) return null
  return (
    <div className={css.veil} data-clear={clear || undefined}>
      <p className={css.word}>
        <FileJson aria-hidden />
        {children}
      </p>
    </div>
  )
}
