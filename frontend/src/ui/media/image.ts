/** Which image represents a workflow. No React. */

import type { WorkflowSummary } from '../../api/schema'

const MEDIA = '/media/'
/** How much of an image may be cut off to fill its frame, as a share of it. */
const MAY_LOSE = 0.22
/** The same where something fills the frame anyway. */
export const MAY_LOSE_BEFORE_BACKDROP = 0.1

/** The URL of an image at least `width` pixels wide, or null when there is none. */
export function sized(url: string | null | undefined, width: number): string | null {
  if (!url) return null
  // Our own files come in any width; other URLs are taken as they are.
  return url.startsWith(MEDIA) && !url.includes('?') ? `${url}?w=${width}` : url
}

/** The image that a workflow's author chose for it. */
export const chosenImage = (row: Pick<WorkflowSummary, 'cover' | 'thumbnail'>): string | null =>
  row.cover?.image ?? row.thumbnail ?? null

/** The first image or video (its poster) of a run's result, as a URL on this site. */
export function resultImage(result: unknown): string | null {
  if (typeof result !== 'object' || result === null) return null
  const { url, content_type: type } = result as { url?: unknown; content_type?: unknown }
  if (typeof url === 'string' && typeof type === 'string' && /^(image|video)\//.test(type)) {
    const at = url.indexOf(MEDIA)
    return at < 0 ? null : url.slice(at)
  }
  for (const part of Object.values(result)) {
    const found = resultImage(part)
    if (found) return found
  }
  return null
}

type Size = { width: number; height: number }

/** Whether an image may fill a frame, or would lose too much and is better shown whole. */
export function mayFill(image: Size, frame: Size, mayLose = MAY_LOSE): boolean {
  if (!image.width || !image.height || !frame.width || !frame.height) return true
  const ratio = (image.width / image.height) * (frame.height / frame.width)
  return 1 - Math.min(ratio, 1 / ratio) <= mayLose
}
