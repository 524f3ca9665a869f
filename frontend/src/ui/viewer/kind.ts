/** Which of its stages the viewer shows an item on. Pure. */
import type { Media } from '../../api/media'
import type { ViewerItem } from './open'

export type Kind = 'image' | 'video' | 'audio' | 'text' | 'file'

export function kindOf({ media }: Pick<ViewerItem, 'media'>): Kind {
  if (!media) return 'text'
  const kind = media.content_type?.split('/')[0]
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'file'
}

const FORMATS: Record<string, string> = {
  'image/jpeg': 'JPEG',
  'image/svg+xml': 'SVG',
  'audio/mpeg': 'MP3',
  'audio/x-wav': 'WAV',
  'video/quicktime': 'MOV',
  'video/x-matroska': 'MKV',
}

/** `PNG` of `image/png`. */
export function formatOf(media: Pick<Media, 'content_type'>): string {
  const type = media.content_type ?? ''
  return FORMATS[type] ?? (type.split('/')[1] ?? type).replace(/^x-/, '').toUpperCase()
}
