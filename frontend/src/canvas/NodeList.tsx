/** A list of node types to pick from, as the palette and the empty canvas show it. */
import { useEffect, useRef } from 'react'
import type { NodeType } from '../catalog/types'
import header from './CardHeader.module.css'
import { colourOf, shapeOf } from './colours'
import css from './NodeList.module.css'
import { useSession } from './session'

interface Props {
  types: readonly NodeType[]
  /** The highlighted one. */
  at: number
  onPoint: (at: number) => void
  onPick: (type: NodeType) => void
  /** Show the category above the first of each; off for search results. */
  grouped?: boolean
  recent?: number
}

export function NodeList({ types, at, onPoint, onPick, grouped, recent = 0 }: Props) {
  const { catalog } = useSession()
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])
  return (
    <div ref={list} className={css.list} role="listbox" aria-label="Node types">
      {types.map((type, i) => {
        const kind = catalog.colourType(type)
        const head = grouped ? headOf(types, i, recent) : null
        return (
          <div key={`${type.type}${i < recent ? ' recent' : ''}`}>
            {head && <div className={css.head}>{head}</div>}
            {/* biome-ignore lint/a11y/useFocusableInteractive: the search box keeps the focus */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys and Enter in the search box */}
            <div
              id={`node-type-${i}`}
              role="option"
              aria-selected={i === at}
              data-at={i}
              className={css.item}
              onPointerMove={() => i !== at && onPoint(i)}
              onClick={() => onPick(type)}
            >
              <span
                className={header.glyph}
                data-shape={shapeOf(kind)}
                style={{ background: colourOf(kind) }}
              />
              <span>{type.name}</span>
              {!grouped && <small>{type.category}</small>}
            </div>
          </div>
        )
      })}
    </div>
  )
}

function headOf(types: readonly NodeType[], i: number, recent: number): string | null {
  if (i < recent) return i === 0 ? 'Recent' : null
  if (i === recent || types[i].category !== types[i - 1].category) return types[i].category
  return null
}
