/** A list of choices to pick from, as the palette and the empty canvas show it. */
import type { LucideIcon } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Glyph } from '../../ui/ports/Glyph'
import css from './NodeList.module.css'
import { texts } from './texts'

/** One row: a node type, or an input of a node that is there already. */
export interface Choice {
  key: string
  /** The port type that colors it. */
  kind?: string
  /** What is in place of the color. */
  icon?: LucideIcon | undefined
  name: string
  detail?: string | undefined
  /** Shown above the row. */
  heading?: string | undefined
}

interface Props {
  /** What is chosen from. */
  label?: string
  choices: readonly Choice[]
  /** The highlighted one. */
  at: number
  onPoint: (at: number) => void
  onPick: (at: number) => void
}

export function NodeList({ label = texts.nodeTypes, choices, at, onPoint, onPick }: Props) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])
  return (
    <div ref={list} className={css.list} role="listbox" aria-label={label}>
      {choices.map(({ key, kind, icon: Icon, name, detail, heading }, i) => (
        <div key={key}>
          {heading && <div className={css.head}>{heading}</div>}
          {/* biome-ignore lint/a11y/useFocusableInteractive: the search box keeps the focus */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys and Enter in the search box */}
          <div
            id={`node-type-${i}`}
            role="option"
            aria-selected={i === at}
            data-at={i}
            className={css.item}
            onPointerMove={() => i !== at && onPoint(i)}
            onClick={() => onPick(i)}
          >
            {Icon ? <Icon size={15} aria-hidden /> : kind && <Glyph type={kind} />}
            <span>{name}</span>
            {detail && <small>{detail}</small>}
          </div>
        </div>
      ))}
    </div>
  )
}
