/** A file as an image, a player or a name; images stand on a checkerboard and load small. */
import { File as FileIcon, Play } from 'lucide-react'
import { useState } from 'react'
import { type Media, mediaUrl } from '../../api/media'
import { texts } from '../texts'
import css from './MediaView.module.css'
import { Picture } from './Picture'

interface Props {
  media: Media
  /** Width of the thumbnail to ask for, px. */
  width: number
  cover?: boolean
}

const MOVING_BYTES = 12_000_000

/** Whether an image moves and is small enough to be shown itself: its preview stands still. */
const moves = (media: Media) =>
  media.content_type === 'image/gif' && (media.size ?? Infinity) <= MOVING_BYTES

const RETRY_MS = 3_000
const MOST_TRIES = 200

/** Plays a video. One without a size is written by the server at first, which may take longer than a request. */
function Player({ media, width }: Props) {
  const [tries, setTries] = useState(0)
  const retry = () => {
    if (media.size == null && tries < MOST_TRIES) {
      setTimeout(() => setTries(tries + 1), RETRY_MS)
    }
  }
  // The poster is a frame made by the server: nothing of the video is fetched until it is played.
  return (
    // biome-ignore lint/a11y/useMediaCaption: results are made here and come without captions
    <video
      key={tries}
      className={`${css.player} nodrag nowheel`}
      src={mediaUrl(media)}
      poster={mediaUrl(media, width)}
      aria-label={media.name ?? texts.video}
      controls
      playsInline
      preload="none"
      autoPlay={tries > 0}
      onError={retry}
    />
  )
}

export function MediaView({ media, width, cover }: Props) {
  const kind = media.content_type?.split('/')[0]
  if (kind === 'image') {
    return (
      <div className={css.picture} data-cover={cover || undefined}>
        <Picture
          src={mediaUrl(media, width)}
          alt={media.name ?? texts.image}
          moving={moves(media) && !cover ? mediaUrl(media) : undefined}
        />
      </div>
    )
  }
  if (kind === 'video' && cover) {
    return (
      <div className={css.picture} data-cover>
        <Picture src={mediaUrl(media, width)} alt={media.name ?? texts.video} />
        <Play className={css.badge} size={18} aria-hidden />
      </div>
    )
  }
  if (kind === 'video') {
    return <Player media={media} width={width} />
  }
  if (kind === 'audio') {
    return (
      <div className={`${css.sound} nodrag`}>
        {/* biome-ignore lint/a11y/useMediaCaption: results are made here and come without captions */}
        <audio
          src={mediaUrl(media)}
          aria-label={media.name ?? texts.audio}
          controls
          preload="metadata"
        />
      </div>
    )
  }
  return (
    <a className={css.file} href={mediaUrl(media)} download={media.name ?? true}>
      <FileIcon size={16} /> {media.name ?? media.content_type}
    </a>
  )
}
