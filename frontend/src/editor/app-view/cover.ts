/** The example result of a workflow: the image or video of its cover. */
import type { WorkflowDocument } from '../../api/document'
import { isMedia, type Media } from '../../api/media'

export function coverOf(document: WorkflowDocument): Media | null {
  const cover = document.cover as { image?: unknown } | null | undefined
  return isMedia(cover?.image) ? cover.image : null
}
