/** A file as a picture, a player or a name; pictures stand on a checkerboard and load small. */
import { File as FileIcon } from 'lucide-react'
import { type MediaReference, mediaUrl } from '../catalog/types'
import css from './MediaView.module.css'

interface Props {
  media: MediaReference
  /** Width of the thumbnail to ask for, px. */
  width: number
  cover?: boolean
}

export function MediaView({ media, width, cover }: Props) {
  const kind = media.content_type?.split('/')[0]
  if (kind === 'image') {
    return (
      <div className={css.picture} data-cover={cover || undefined}>
        <img
          src={mediaUrl(media, width)}
          alt={media.name ?? 'Picture'}
          draggable={false}
          decoding="async"
        />
      </div>
    )
  }
  if (kind === 'video') {
    // biome-ignore lint/a11y/useMediaCaption: results are made here and come without captions
    return <video className={css.player} src={mediaUrl(media)} controls preload="metadata" />
  }
  if (kind === 'audio') {
    // biome-ignore lint/a11y/useMediaCaption: results are made here and come without captions
    return <audio className={css.sound} src={mediaUrl(media)} controls preload="metadata" />
  }
  return (
    <a className={css.file} href={mediaUrl(media)} download={media.name ?? true}>
      <FileIcon size={16} /> {media.name ?? media.content_type}
    </a>
  )
}
