/** A list of values: texts to edit, or files; items are added, removed and put in order. */
import { ArrowUp, Plus, X } from 'lucide-react'
import type { Json } from '../../api/document'
import { isMedia, mediaUrl } from '../../api/media'
import { texts } from '../texts'
import { AssetField } from './AssetField'
import css from './ListField.module.css'
import type { FieldProps } from './spec'
import { TextField } from './TextField'

export function ListField({ spec, value, onChange, disabled, compact }: FieldProps) {
  const items: Json[] = Array.isArray(value) ? value : []
  const put = (at: number, item: Json | undefined) =>
    onChange(
      item === undefined
        ? items.filter((_, i) => i !== at)
        : items.map((old, i) => (i === at ? item : old)),
    )
  const up = (at: number) => {
    const moved = items.slice()
    moved.splice(at - 1, 0, ...moved.splice(at, 1))
    onChange(moved)
  }
  const item = {
    ...spec,
    widget: 'text' as const,
    placeholder: '',
    label: texts.itemOf(spec.label),
  }
  return (
    <div className={css.list} data-compact={compact || undefined}>
      <ol className="nowheel">
        {items.map((entry, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity but their place
          <li key={i}>
            {isMedia(entry) ? (
              <span className={css.media}>
                <img src={mediaUrl(entry, 96)} alt="" draggable={false} />
                {entry.name ?? entry.content_type}
              </span>
            ) : (
              <TextField
                spec={item}
                value={entry}
                disabled={disabled}
                onChange={text => put(i, text ?? '')}
              />
            )}
            {!disabled && (
              <>
                <button
                  type="button"
                  aria-label={texts.moveItemPlaceUp(i + 1)}
                  disabled={i === 0}
                  onClick={() => up(i)}
                >
                  <ArrowUp size={13} />
                </button>
                <button
                  type="button"
                  aria-label={texts.removeItemPlace(i + 1)}
                  onClick={() => put(i, undefined)}
                >
                  <X size={13} />
                </button>
              </>
            )}
          </li>
        ))}
        {!items.length && <li className={css.none}>{texts.noItemsYet}</li>}
      </ol>
      {!disabled && (
        <button type="button" className={css.add} onClick={() => onChange([...items, ''])}>
          <Plus size={13} /> {texts.addAnItem}
        </button>
      )}
      {!disabled && !compact && (
        <div className={css.drop}>
          <AssetField
            spec={{ ...item, type: 'file', widget: 'asset' }}
            value={null}
            compact
            onChange={media => media !== undefined && onChange([...items, media])}
          />
        </div>
      )}
    </div>
  )
}
