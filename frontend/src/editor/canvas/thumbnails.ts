/** The small images of results that the painted graph shows; loaded when first requested. */
import { mediaUrl } from '../../api/media'
import type { MediaReference } from '../../api/schema'

const WIDTH = 160 // px, of the files
/** More results than this in sight are boxes the size of a fingernail. */
const MOST = 400

export class Thumbnails {
  private readonly images = new Map<string, HTMLImageElement>()

  /** `onLoad` is called when a requested image has come. */
  constructor(private readonly onLoad: () => void) {}

  /** The image of a file, or null while there is none. */
  of(media: MediaReference): HTMLImageElement | null {
    if (!/^(image|video)\//.test(media.content_type ?? '')) return null
    const url = mediaUrl(media, WIDTH)
    let image = this.images.get(url)
    if (!image) {
      const [oldest] = this.images.keys()
      if (this.images.size >= MOST && oldest !== undefined) this.images.delete(oldest)
      image = new Image()
      image.onload = this.onLoad
      image.src = url
      this.images.set(url, image)
    }
    // One that could not be loaded is complete and has no size.
    return image.complete && image.naturalWidth ? image : null
  }
}
