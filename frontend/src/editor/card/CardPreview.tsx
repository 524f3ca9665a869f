/** The result of a node on its card: images, text, JSON or a list; a quiet place before a run. */
import { Download, Image as ImageIcon } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import type { NodeType } from '../../api/catalog'
import { type Media, mediaUrl } from '../../api/media'
import { mediaFacts } from '../../lib/format'
import { standingLine } from '../../runs/remote'
import { resultOf } from '../../runs/results'
import { MediaView } from '../../ui/media/MediaView'
import { LongText } from '../../ui/text/LongText'
import dashes from '../ports/Dashes.module.css'
import { useNodeRun } from '../run/hooks'
import { useTryOut } from '../run/useTryOut'
import { texts } from '../texts'
import css from './CardPreview.module.css'

interface Props {
  id: string
  type: NodeType | undefined
  stale: boolean
  /** What to show while there is no result. */
  children?: ReactNode
}

/** States in which a result is what the node's last run has made. */
const CURRENT = new Set(['idle', 'done', 'cached'])

export function CardPreview({ id, type, stale, children }: Props) {
  const run = useNodeRun(id)
  // A large value is not written out again for every report of progress.
  const found = useMemo(() => resultOf(run.output, type?.preview), [run.output, type?.preview])
  const tried = useTryOut(id, type)
  const small = tried ?? run.preview
  const result = small ? { media: [small], text: null } : found
  const { media, text }: { media: readonly Media[]; text: string | null } = result
  const one = media.length === 1 ? media[0] : null
  const empty = !media.length && text === null
  const live = run.state === 'running'
  const saying = [run.remote ? standingLine(run.remote) : '', run.text].filter(Boolean).join(': ')
  // What is shown while a node waits, works or has failed is its last result.
  const old = !tried && (stale || (!run.preview && !CURRENT.has(run.state)))
  const bar =
    live && saying
      ? saying
      : tried
        ? texts.previewRunForTheResult
        : one
          ? mediaFacts(one).join(' · ')
          : media.length
            ? texts.files(media.length)
            : ''
  return (
    <div
      className={empty ? `${css.preview} ${dashes.frame}` : css.preview}
      data-stale={old || undefined}
      data-empty={empty || undefined}
    >
      <div className={css.shown}>
        {one && <MediaView media={one} width={640} />}
        {media.length > 1 && (
          <div className={css.grid} data-many={media.length > 4 || undefined}>
            {media.slice(0, 9).map((item, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same file may come twice
              <MediaView key={i} media={item} width={320} cover />
            ))}
          </div>
        )}
        {!media.length && text !== null && (
          <LongText text={text} className={`${css.text} nowheel nodrag`} />
        )}
        {empty && children}
        {empty && !children && (
          <span className={css.none}>
            <ImageIcon size={18} />
            {run.state === 'running'
              ? saying || texts.working
              : type?.sink && texts.theResultShowsHere}
          </span>
        )}
      </div>
      {bar && (!empty || children) && (
        <div className={css.bar}>
          <span>{bar}</span>
          {one && !tried && !(live && saying) && (
            <a
              className="nodrag"
              href={mediaUrl(one)}
              download={one.name ?? true}
              title={texts.download}
              aria-label={texts.downloadTheResult}
            >
              <Download size={13} />
            </a>
          )}
        </div>
      )}
    </div>
  )
}
