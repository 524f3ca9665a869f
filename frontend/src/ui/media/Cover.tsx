/** An image in its frame, whole or filling it; a quiet drawing of a graph where there is none. */
import { type ReactNode, useState } from 'react'
import css from './Cover.module.css'
import { MAY_LOSE_BEFORE_BACKDROP, mayFill, sized } from './image'

interface Props {
  /** The URL of the image, null without one, undefined as long as that is not known. */
  url: string | null | undefined
  /** How wide the image must be, in pixels. */
  width: number
  className?: string | undefined
  /** Whether one that is shown whole has itself, out of focus, behind it. */
  backdrop?: boolean
  /** What is drawn where there is no image. */
  drawing?: ReactNode
}

export function Cover({ url, width, className, backdrop, drawing }: Props) {
  const source = sized(url, width)
  const [broken, setBroken] = useState<string | null>(null)
  const [fills, setFills] = useState<boolean | null>(null)
  const shown = source !== null && source !== broken
  return (
    <span
      className={[css.cover, className].filter(Boolean).join(' ')}
      data-empty={!shown || undefined}
    >
      {shown && backdrop && fills === false && <img src={source} alt="" className={css.behind} />}
      {shown && (
        <img
          src={source}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          data-fills={fills ?? undefined}
          onLoad={({ currentTarget: image }) =>
            setFills(
              mayFill(
                { width: image.naturalWidth, height: image.naturalHeight },
                { width: image.clientWidth, height: image.clientHeight },
                backdrop ? MAY_LOSE_BEFORE_BACKDROP : undefined,
              ),
            )
          }
          onError={() => setBroken(source)}
        />
      )}
      {!shown &&
        url !== undefined &&
        (drawing ?? (
          <svg className={css.drawing} viewBox="0 0 160 90" aria-hidden="true">
            <path d="M52 30c20 0 16 15 36 15M52 62c20 0 16-17 36-17" />
            <rect x="20" y="20" width="32" height="20" rx="4" />
            <rect x="20" y="52" width="32" height="20" rx="4" />
            <rect x="88" y="30" width="48" height="30" rx="5" />
          </svg>
        ))}
    </span>
  )
}
