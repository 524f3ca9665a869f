/** A result, large: each file with its facts and a download, each text with a way to take it. */

import { Download, Maximize2 } from 'lucide-react'
import { mediaUrl } from '../../api/media'
import type { MediaReference } from '../../api/schema'
import { mediaFacts } from '../../lib/format'
import { duration } from '../../lib/time'
import { MediaView } from '../../ui/media/MediaView'
import { CopyButton } from '../../ui/text/CopyButton'
import { LongText } from '../../ui/text/LongText'
import { openViewer, type ViewerRequest } from '../../ui/viewer/open'
import { ViewerLink } from '../../ui/viewer/ViewerLink'
import { texts } from '../texts'
import css from './PlayResult.module.css'
import { fileName, type Part } from './parts'

interface Props {
  slug: string
  parts: readonly Part[]
  ms: number | null
  /** The run that made them, where it may be looked up. */
  run: string | null
}

export function PlayResult({ slug, parts, ms, run }: Props) {
  const items = parts.map((part, index) =>
    part.kind === 'file'
      ? { media: part.media, title: part.label || fileName(part.media, slug, index), run }
      : { text: part.text, title: part.label || texts.result, run },
  )
  const took = ms === null ? '' : duration(ms)
  return (
    <div className={css.parts} data-many={parts.length > 2 || undefined}>
      {parts.map((part, index) =>
        part.kind === 'file' ? (
          <FilePart
            // biome-ignore lint/suspicious/noArrayIndexKey: the same file may come twice
            key={index}
            {...part}
            name={fileName(part.media, slug, index)}
            took={took}
            request={() => ({ items, at: index })}
          />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
          <TextPart key={index} {...part} took={took} />
        ),
      )}
    </div>
  )
}

interface FileProps {
  media: MediaReference
  label: string
  name: string
  took: string
  request: () => ViewerRequest
}

function FilePart({ media, label, name, took, request }: FileProps) {
  const kind = media.content_type.split('/')[0]
  const facts = [label || name, ...mediaFacts(media), took].filter(Boolean).join(' · ')
  // A small image is shown at its own size; a large one is as large as the page allows.
  const ratio = media.width && media.height ? media.width / media.height : undefined
  return (
    <figure className={css.part}>
      <div
        className={css.frame}
        data-kind={kind}
        data-small={(media.width && media.width < 400) || undefined}
        style={ratio ? { aspectRatio: Math.min(Math.max(ratio, 0.8), 2.4) } : undefined}
      >
        {kind === 'image' ? (
          <ViewerLink media={media} label={texts.openName(label || name)} request={request}>
            <MediaView media={media} width={1280} />
          </ViewerLink>
        ) : (
          <MediaView media={media} width={1280} />
        )}
      </div>
      <figcaption className={css.line}>
        <span title={facts}>{facts}</span>
        {kind !== 'image' && (
          <button type="button" onClick={() => openViewer(request())}>
            <Maximize2 aria-hidden size={15} />
            {texts.open}
          </button>
        )}
        <a href={mediaUrl(media)} download={name}>
          <Download aria-hidden size={15} />
          {texts.download}
        </a>
      </figcaption>
    </figure>
  )
}

function TextPart({ text, label, took }: { text: string; label: string; took: string }) {
  const facts = [label, texts.characters(text.length), took]
  return (
    <div className={css.part}>
      <LongText text={text} className={css.text} focusable />
      <div className={css.line}>
        <span>{facts.filter(Boolean).join(' · ')}</span>
        <CopyButton text={text}>{texts.copy}</CopyButton>
      </div>
    </div>
  )
}
