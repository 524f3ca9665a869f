/** The mask of a node: painted on its image, seen small, and taken off again. */
import { Brush, X } from 'lucide-react'
import { isMedia, mediaUrl } from '../../api/media'
import type { FieldProps } from '../../ui/fields/spec'
import { texts } from '../handles/texts'
import { useSession } from '../session'
import css from './MaskField.module.css'

export function MaskField({ value, onChange, disabled, node, id }: FieldProps) {
  const { view } = useSession()
  const mask = isMedia(value) ? value : null
  if (disabled && !mask) return <span className={css.none}>{texts.noMask}</span>
  return (
    <div className={css.mask}>
      {mask && <img src={mediaUrl(mask, 160)} alt={texts.mask} draggable={false} />}
      {!disabled && (
        <button
          id={id}
          type="button"
          className="nodrag"
          aria-label={mask ? texts.editMask : texts.paintMask}
          onClick={() => node && view.setState({ handles: { node, mask: true, large: true } })}
        >
          <Brush size={13} aria-hidden /> {texts.paint}
        </button>
      )}
      {mask && !disabled && (
        <button
          type="button"
          className="nodrag"
          title={texts.removeMask}
          aria-label={texts.removeMask}
          onClick={() => onChange(undefined)}
        >
          <X size={13} aria-hidden />
        </button>
      )}
    </div>
  )
}
