/** One file in the grid: its preview, whether it is selected and starred, and its name. */
import { Check, File as FileIcon, Music, Play, Star } from 'lucide-react'
import type { DragEvent, MouseEvent } from 'react'
import type { AssetSummary } from '../../api/schema'
import { playingTime } from '../../lib/time'
import { ImageView } from '../media/ImageView'
import css from './AssetGrid.module.css'
import { texts } from './texts'

export interface TileActions {
  onOpen: (asset: AssetSummary) => void
  onSelect: (asset: AssetSummary, event: MouseEvent) => void
  onStar: (asset: AssetSummary) => void
  onDragStart?: ((asset: AssetSummary, event: DragEvent) => void) | undefined
}

interface Props extends TileActions {
  asset: AssetSummary
  selected: boolean
  /** Whether anything is: then a click selects. */
  selecting: boolean
  tabIndex: number
}

const THUMBNAIL = 320 // px

export function AssetTile({ asset, selected, selecting, tabIndex, ...actions }: Props) {
  const name = texts.file(asset.name)
  const length = asset.duration === null ? '' : playingTime(asset.duration)
  const press = (event: MouseEvent) => {
    if (selecting || event.shiftKey || event.ctrlKey || event.metaKey) {
      actions.onSelect(asset, event)
    } else actions.onOpen(asset)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging has another way, the card's own field
    <div
      className={css.tile}
      data-selected={selected || undefined}
      data-id={asset.id}
      draggable={actions.onDragStart !== undefined}
      onDragStart={event => actions.onDragStart?.(asset, event)}
    >
      <button
        type="button"
        className={css.open}
        data-open
        tabIndex={tabIndex}
        aria-label={[texts.open(name), length].filter(Boolean).join(', ')}
        aria-pressed={selecting ? selected : undefined}
        onClick={press}
      >
        <Thumbnail asset={asset} length={length} />
      </button>
      <button
        type="button"
        className={css.check}
        aria-pressed={selected}
        aria-label={texts.select(name)}
        title={texts.selectHelp}
        tabIndex={-1}
        onClick={event => actions.onSelect(asset, event)}
      >
        <Check aria-hidden size={14} />
      </button>
      <button
        type="button"
        className={css.star}
        aria-pressed={asset.starred}
        aria-label={texts.star(name)}
        tabIndex={-1}
        onClick={() => actions.onStar(asset)}
      >
        <Star aria-hidden size={15} />
      </button>
      <span className={css.name} title={name}>
        {name}
      </span>
    </div>
  )
}

function Thumbnail({ asset, length }: { asset: AssetSummary; length: string }) {
  const source = `/media/${asset.id}?w=${THUMBNAIL}`
  if (asset.kind === 'image') return <ImageView src={source} alt="" />
  if (asset.kind === 'video') {
    return (
      <>
        <ImageView src={source} alt="" />
        <span className={css.length}>
          <Play aria-hidden size={11} />
          {length}
        </span>
      </>
    )
  }
  const Icon = asset.kind === 'audio' ? Music : FileIcon
  return (
    <span className={css.plain} data-kind={asset.kind}>
      <Icon aria-hidden size={26} />
      {length && <small>{length}</small>}
    </span>
  )
}
