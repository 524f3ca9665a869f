/** An image that says so while it loads, and when its file is gone. */
import { ImageOff } from 'lucide-react'
import { useState } from 'react'
import { texts } from '../texts'
import css from './MediaView.module.css'

interface Props {
  src: string
  alt: string
  /** Shown instead where motion is welcome. */
  moving?: string
}

export function Picture({ src, alt, moving }: Props) {
  const [state, setState] = useState<{ src: string; is: 'here' | 'gone' } | null>(null)
  const is = state?.src === src ? state.is : 'loading'
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
          decoding="async"
          onLoad={() => setState({ src, is: 'here' })}
          onError={() => setState({ src, is: 'gone' })}
        />
      </picture>
      {is === 'loading' && <span className={css.loading} aria-hidden />}
    </>
  )
}
