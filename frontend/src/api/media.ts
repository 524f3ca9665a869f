/** Files of the server as they travel in documents and results, and where they are fetched. */
import { request } from './client'
import type { Conversions, MediaReference, Preview } from './schema'

/** What can be shown: a file, or the preview of one that is being made. */
export type Media = Preview & Partial<MediaReference>

/** Return whether a value is a reference to a file. */
export function isMedia(value: unknown): value is MediaReference {
  return typeof value === 'object' && value !== null && 'asset' in value && 'url' in value
}

const MEDIA: Record<Conversions['media'][number], true> = {
  audio: true,
  file: true,
  image: true,
  mask: true,
  video: true,
}

/** Return whether the values of a type are files. */
export const isMediaType = (type: string): boolean => Object.hasOwn(MEDIA, type)

/** Where a file is fetched from: this site, whatever host the reference was written under. */
export function mediaUrl(media: Media, width?: number): string {
  // A preview of a run under way is in the reference itself.
  // A file that has not been sent yet is in the browser alone.
  if (/^(?:data:image\/|blob:)/.test(media.url)) return media.url
  // A visitor reaches the files of their run by its ticket, which is in the URL.
  const ticket = media.url.indexOf('/api/public-executions/')
  if (ticket >= 0) return `${media.url.slice(ticket)}${width ? `&w=${width}` : ''}`
  return `/media/${media.asset}${width ? `?w=${width}` : ''}`
}

const AGAIN_MS = 500

/**
 * Have the server write a video between two steps, and wait for it; `onProgress` gets the share that is done.
 * Throws what `request` throws.
 */
export async function writeMedia(
  media: Media,
  onProgress: (share: number | null) => void,
  signal: AbortSignal,
): Promise<void> {
  // The first byte is enough to know that it is there.
  const headers = { Prefer: 'respond-async', Range: 'bytes=0-0' }
  for (;;) {
    const response = await request<{ share: number | null }>(mediaUrl(media), { headers, signal })
    if (response.status !== 202) return
    onProgress(response.data.share)
    await new Promise(done => setTimeout(done, AGAIN_MS))
    signal.throwIfAborted()
  }
}
