/** Files as tiles in rows; only rows near the window are in the page, however many files there are. */
import { useVirtualizer, useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import type { AssetSummary } from '../../api/schema'
import css from './AssetGrid.module.css'
import { AssetTile, type TileActions } from './AssetTile'
import type { Selection } from './selection'
import { texts } from './texts'

interface Props extends TileActions {
  assets: readonly AssetSummary[]
  selection: Selection
  hasMore: boolean
  onMore: () => void
  /** The element that scrolls; without one the page does. */
  scroller?: RefObject<HTMLElement | null> | undefined
  small?: boolean | undefined
  onKey?: (event: KeyboardEvent, at: AssetSummary | undefined) => void
}

const GAP = 12 // px
const NAME = 26 // px below each preview
const AHEAD = 3 // rows before the end at which more files are requested

export function AssetGrid({ assets, selection, hasMore, onMore, ...rest }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [focused, setFocused] = useState(0)
  const { columns, size, offset } = useColumns(box, rest.small ? 112 : 168)
  const rows = Math.ceil(assets.length / columns)
  const height = size + NAME + GAP
  const options = { count: rows, estimateSize: () => height, overscan: 4, scrollMargin: offset }
  const ofPage = useWindowVirtualizer({ ...options, enabled: !rest.scroller })
  const ofBox = useVirtualizer({
    ...options,
    enabled: rest.scroller !== undefined,
    getScrollElement: () => rest.scroller?.current ?? null,
  })
  const virtual = rest.scroller ? ofBox : ofPage
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are as high as the width says
  useLayoutEffect(() => virtual.measure(), [height])
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? -1
  useEffect(() => {
    if (hasMore && last >= rows - AHEAD) onMore()
  }, [hasMore, last, rows, onMore])

  const go = (to: number) => {
    const at = Math.max(0, Math.min(assets.length - 1, to))
    setFocused(at)
    virtual.scrollToIndex(Math.floor(at / columns), { align: 'auto' })
    const id = assets[at]?.id
    requestAnimationFrame(() =>
      box.current
        ?.querySelector<HTMLElement>(`[data-id="${id}"] [data-open]`)
        ?.focus({ preventScroll: true }),
    )
  }
  const keys = (event: KeyboardEvent) => {
    const step = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      Home: -assets.length,
      End: assets.length,
    }[event.key]
    if (step !== undefined && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      go(focused + step)
    } else rest.onKey?.(event, assets[focused])
  }
  const selecting = selection.ids.size > 0
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div
      ref={box}
      className={css.grid}
      role="group"
      aria-label={texts.yourFiles}
      data-small={rest.small || undefined}
      style={{ height: virtual.getTotalSize() }}
      onKeyDown={keys}
      onFocus={event => {
        const id = event.target.closest<HTMLElement>('[data-id]')?.dataset.id
        const at = assets.findIndex(asset => asset.id === id)
        if (at >= 0) setFocused(at)
      }}
    >
      {shown.map(row => (
        <div
          key={row.index}
          className={css.row}
          style={{
            transform: `translateY(${row.start - offset}px)`,
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            height,
          }}
        >
          {assets.slice(row.index * columns, (row.index + 1) * columns).map((asset, i) => (
            <AssetTile
              key={asset.id}
              asset={asset}
              selected={selection.ids.has(asset.id)}
              selecting={selecting}
              tabIndex={row.index * columns + i === focused ? 0 : -1}
              onOpen={rest.onOpen}
              onSelect={rest.onSelect}
              onStar={rest.onStar}
              onDragStart={rest.onDragStart}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

/** How many tiles fit side by side, how large one is, and where the grid begins in what scrolls. */
function useColumns(box: RefObject<HTMLElement | null>, least: number) {
  const [layout, setLayout] = useState({ columns: 4, size: least, offset: 0 })
  useLayoutEffect(() => {
    const grid = box.current
    if (!grid) return
    const measure = () => {
      const width = grid.clientWidth
      const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)))
      const size = (width - GAP * (columns - 1)) / columns
      setLayout(before => {
        const next = { columns, size, offset: grid.offsetTop }
        const same =
          before.columns === columns && before.size === size && before.offset === next.offset
        return same ? before : next
      })
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(grid)
    if (grid.parentElement) observer.observe(grid.parentElement)
    return () => observer.disconnect()
  }, [box, least])
  return layout
}
