/** One image of the stage: a small version at once, the whole file as soon as it is there. */
import { ImageOff } from 'lucide-react'
import { type CSSProperties, useState } from 'react'
import { mediaUrl } from '../../api/media'
import css from './ImageStage.module.css'
import type { ViewerItem } from './open'
import { texts } from './texts'
import type { Size } from './zoom'

interface Props {
  item: ViewerItem
  frame: CSSProperties | undefined
  /** Whether it is so near that its pixels are seen one by one. */
  near: boolean
  onSize?: ((size: Size) => void) | undefined
}

const SMALL = 640

export function Layer({ item, frame, near, onSize }: Props) {
  const source = item.media ? mediaUrl(item.media) : ''
  const [state, setState] = useState<{ source: string; is: 'here' | 'gone' } | null>(null)
  const is = state?.source === source ? state.is : 'loading'
  if (is === 'gone') {
    return (
      <p className={css.gone} role="alert">
        <ImageOff size={22} aria-hidden />
        {texts.gone}
      </p>
    )
  }
  return (
    <div className={css.layer} style={frame} data-hidden={!frame || undefined} data-is={is}>
      {is === 'loading' && item.media && (
        <img src={mediaUrl(item.media, SMALL)} alt="" draggable={false} />
      )}
      <img
        src={source}
        alt={item.title}
        draggable={false}
        data-near={near || undefined}
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
          setState({ source, is: 'here' })
          if (width && height) onSize?.({ width, height })
        }}
        onError={() => setState({ source, is: 'gone' })}
      />
      {is === 'loading' && <span className={css.busy} role="status" aria-label={texts.loading} />}
    </div>
  )
}
