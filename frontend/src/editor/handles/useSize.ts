/** How large an image is, in px: as its reference says, else as the browser finds. */
import { useEffect, useState } from 'react'
import { type Media, mediaUrl } from '../../api/media'
import type { Size } from './geometry'

/** Wide enough to know the shape of a video. */
const POSTER_WIDTH = 640

/** The size of an image; null while it is not known, `gone` where it cannot be. */
export function useSize(media: Media | null): Size | 'gone' | null {
  const [found, setFound] = useState<{ url: string; size: Size | 'gone' } | null>(null)
  const known = media?.width && media.height ? { width: media.width, height: media.height } : null
  const still = media?.content_type.startsWith('image/')
  const url = media && !known ? mediaUrl(media, still ? undefined : POSTER_WIDTH) : ''
  useEffect(() => {
    if (!url) return
    const image = new Image()
    let left = false
    const say = (size: Size | 'gone') => !left && setFound({ url, size })
    image.onload = () => say({ width: image.naturalWidth, height: image.naturalHeight })
    image.onerror = () => say('gone')
    image.src = url
    return () => {
      left = true
    }
  }, [url])
  return known ?? (found?.url === url ? found.size : null)
}
