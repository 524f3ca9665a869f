/** Inputs or results: images to open and download, text to read and copy. */

import { Copy, Download } from 'lucide-react'
import { mediaUrl } from '../../api/media'
import type { MediaReference } from '../../api/schema'
import { mediaFacts } from '../../lib/format'
import { toast } from '../../lib/toasts'
import { MediaView } from '../../ui/media/MediaView'
import { LongText } from '../../ui/text/LongText'
import { ViewerLink } from '../../ui/viewer/ViewerLink'
import { texts } from '../texts'
import css from './Parts.module.css'
import { type Part, readable } from './parts'

interface Props {
  parts: readonly Part[]
  /** What the parts are called, by name; a name that is missing is made readable. */
  labels: ReadonlyMap<string, string>
  big?: boolean
  /** The run that made them. */
  run?: string
}

export function Parts({ parts, labels, big, run }: Props) {
  const files = parts.flatMap(({ name, media }) =>
    media.map(file => ({
      media: file,
      title: file.name || (labels.get(name) ?? readable(name)) || texts.result,
      run: run ?? null,
    })),
  )
  const request = (file: MediaReference) => ({
    items: files,
    at: files.findIndex(({ media }) => media === file),
  })
  return (
    <dl className={css.parts} data-big={big || undefined}>
      {parts.map(({ name, media, text }) => (
        <div key={name}>
          <dt>{labels.get(name) ?? readable(name)}</dt>
          {media.length > 0 && (
            <dd className={css.files}>
              {media.map((file, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the same file may come twice
                <figure key={i}>
                  {isPlayed(file) ? (
                    <MediaView media={file} width={big ? 640 : 240} />
                  ) : (
                    <ViewerLink className={css.whole} media={file} request={() => request(file)}>
                      <MediaView media={file} width={big ? 1280 : 240} />
                    </ViewerLink>
                  )}
                  <figcaption>
                    <span>{mediaFacts(file).slice(0, -1).join(' · ') || file.name}</span>
                    <a
                      href={mediaUrl(file)}
                      download={file.name ?? true}
                      aria-label={texts.downloadName(file.name ?? texts.filePlace(i + 1))}
                      title={texts.download}
                    >
                      <Download aria-hidden size={15} />
                    </a>
                  </figcaption>
                </figure>
              ))}
            </dd>
          )}
          {text !== null && (
            <dd className={css.text}>
              <LongText text={text} />
              <button
                type="button"
                aria-label={texts.copyTheText}
                title={texts.copy}
                onClick={() => void copy(text)}
              >
                <Copy aria-hidden size={15} />
              </button>
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}

/** A player has buttons of its own, which a link around it would swallow. */
const isPlayed = (file: MediaReference) => /^(video|audio)\//.test(file.content_type)

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast(texts.copied)
  } catch {
    toast(texts.theBrowserDoesNotLet, { tone: 'bad' })
  }
}
