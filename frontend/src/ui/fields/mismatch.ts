/** Whether a file is of the kind a field takes; names alone promise nothing. */

import type { MediaReference } from '../../api/schema'
import { texts } from '../texts'

type Kind = keyof typeof texts.isNot
const KINDS: Partial<Record<string, Kind>> = {
  image: 'image',
  mask: 'image',
  video: 'video',
  audio: 'audio',
}

/** Say in a sentence why a file does not go into a field of this type, or null when it does. */
export function mismatch(media: MediaReference, type: string): string | null {
  const kind = KINDS[type]
  if (!kind || media.content_type.startsWith(`${kind}/`)) return null
  return texts.isNot[kind](media.name ?? texts.thisFile, media.content_type)
}
