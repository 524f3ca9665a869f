/** Whether a file is of the kind a field takes; names alone promise nothing. */

import type { MediaReference } from '../../api/schema'

const KINDS: Record<string, { family: string; word: string }> = {
  image: { family: 'image/', word: 'an image' },
  mask: { family: 'image/', word: 'an image' },
  video: { family: 'video/', word: 'a video' },
  audio: { family: 'audio/', word: 'an audio file' },
}

/** Say in a sentence why a file does not go into a field of this type, or null when it does. */
export function mismatch(media: MediaReference, type: string): string | null {
  const kind = KINDS[type]
  if (!kind || media.content_type.startsWith(kind.family)) return null
  const name = media.name ?? 'This file'
  return `${name} is not ${kind.word}: it holds ${media.content_type}.`
}
