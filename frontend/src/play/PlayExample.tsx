/** The cover of a workflow as an example of its results, until the visitor has one. */

import { type ReactNode, useState } from 'react'
import type { Cover } from '../api/schema'
import css from './PlayExample.module.css'
import { texts } from './texts'

const WIDTH = 1280 // px

interface Props extends Cover {
  /** Shown when the image is gone. */
  otherwise: ReactNode
}

export function PlayExample({ image, video, otherwise }: Props) {
  const [gone, setGone] = useState(false)
  const still = `${image}?w=${WIDTH}`
  if (gone) return otherwise
  return (
    <figure className={css.example}>
      {video ? (
        // biome-ignore lint/a11y/useMediaCaption: examples come without captions, as results do
        <video
          src={video}
          poster={still}
          aria-label={texts.exampleResult}
          controls
          playsInline
          preload="none"
        />
      ) : (
        <img src={still} alt={texts.exampleResult} decoding="async" onError={() => setGone(true)} />
      )}
      <figcaption>
        <b>{texts.exampleResult}</b>
        <span>{texts.runItToSeeYourOwn}</span>
      </figcaption>
    </figure>
  )
}
