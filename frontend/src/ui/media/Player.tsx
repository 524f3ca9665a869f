/** A video with controls. */
import { type Media, mediaUrl } from '../../api/media'
import { texts } from '../texts'
import css from './MediaView.module.css'

interface Props {
  media: Media
  /** Width of the poster to ask for, px. */
  width: number
  autoPlay?: boolean
}

export function Player({ media, width, autoPlay }: Props) {
  // The poster is a frame made by the server: nothing of the video is fetched until it is played.
  return (
    // biome-ignore lint/a11y/useMediaCaption: results are made here and come without captions
    <video
      className={`${css.player} nodrag nowheel`}
      src={mediaUrl(media)}
      poster={mediaUrl(media, width)}
      aria-label={media.name ?? texts.video}
      controls
      playsInline
      preload="none"
      autoPlay={autoPlay}
    />
  )
}
