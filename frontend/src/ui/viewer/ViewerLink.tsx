/** A link to a file that opens it in the viewer; with a modifier key in a tab, as links do. */
import type { ReactNode } from 'react'
import { type Media, mediaUrl } from '../../api/media'
import { openViewer, type ViewerRequest } from './open'

interface Props {
  media: Media
  /** What the viewer shows, made when it opens. */
  request: () => ViewerRequest
  label?: string
  className?: string | undefined
  children: ReactNode
}

export function ViewerLink({ media, request, label, className, children }: Props) {
  return (
    <a
      className={className}
      href={mediaUrl(media)}
      target="_blank"
      rel="noreferrer"
      aria-label={label}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        openViewer(request())
      }}
    >
      {children}
    </a>
  )
}
