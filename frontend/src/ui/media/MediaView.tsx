/** A file as an image, a player or a name; images stand on a checkerboard and load small. */
import { File as FileIcon, Play } from 'lucide-react'
import { type Media, mediaUrl } from '../../api/media'
import { texts } from '../texts'
import { ImageView } from './ImageView'
import css from './MediaView.module.css'
import { Player } from './Player'
import { Unwritten } from './Unwritten'

interface Props {
  media: Media
  /** Width of the thumbnail to ask for, px. */
  width: number
  cover?: boolean
}

const MOVING_BYTES = 12_000_000

/** Whether an image moves and is small enough to be shown itself: its preview does not move. */
const moves = (media: Media) =>
  media.content_type === 'image/gif' && (media.size ?? Infinity) <= MOVING_BYTES

export function MediaView({ media, width, cover }: Props) {
  const kind = media.content_type?.split('/')[0]
  if (kind === 'image') {
    return (
      <div className={css.image} data-cover={cover || undefined}>
        <ImageView
          src={mediaUrl(media, width)}
          alt={media.name ?? texts.image}
          moving={moves(media) && !cover ? mediaUrl(media) : undefined}
        />
      </div>
    )
  }
  if (kind === 'video' && cover) {
    return (
      <div className={css.image} data-cover>
        <ImageView src={mediaUrl(media, width)} alt={media.name ?? texts.video} />
        <Play className={css.badge} size={18} aria-hidden />
      </div>
    )
  }
  if (kind === 'video') {
    // One without a size is between two steps: the server writes it when it is to be played.
    const View = media.size == null && media.asset ? Unwritten : Player
    return <View key={media.url} media={media} width={width} />
  }
  if (kind === 'audio') {
    return (
      <div className={`${css.audio} nodrag`}>
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
