/** An image that says so while it loads, and when its file is gone. */
import { ImageOff } from 'lucide-react'
import { useState } from 'react'
import { texts } from '../texts'
import css from './MediaView.module.css'

interface Props {
  src: string
  alt: string
  /** Shown instead where motion is welcome. */
  moving?: string | undefined
}

export function ImageView({ src, alt, moving }: Props) {
  const [state, setState] = useState<{ src: string; is: 'here' | 'gone' } | null>(null)
  // One that is here already is painted at once, so that a preview that changes does not flicker.
  const inline = src.startsWith('data:')
  const is = state?.src === src ? state.is : inline ? 'here' : 'loading'
  if (is === 'gone') {
    return (
      <span className={css.gone}>
        <ImageOff size={18} aria-hidden />
        {texts.thisFileNoLongerExists}
      </span>
    )
  }
  return (
    <>
      <picture>
        {moving && <source media="(prefers-reduced-motion: no-preference)" srcSet={moving} />}
        <img
          src={src}
          alt={alt}
          draggable={false}
          decoding={inline ? 'sync' : 'async'}
          onLoad={() => setState({ src, is: 'here' })}
          onError={() => setState({ src, is: 'gone' })}
        />
      </picture>
      {is === 'loading' && <span className={css.loading} aria-hidden />}
    </>
  )
}
