/** The result of a node on its card: images, text, JSON or a list; a quiet place before a run. */
import { Download, Image as ImageIcon } from 'lucide-react'
import { type ReactNode, useLayoutEffect, useMemo, useRef } from 'react'
import type { NodeType } from '../../api/catalog'
import { type Media, mediaUrl } from '../../api/media'
import { mediaFacts } from '../../lib/format'
import { itemsOf } from '../../runs/items'
import { standingLine } from '../../runs/remote'
import { resultOf } from '../../runs/results'
import { MediaView } from '../../ui/media/MediaView'
import { CopyButton } from '../../ui/text/CopyButton'
import { LongText } from '../../ui/text/LongText'
import dashes from '../ports/Dashes.module.css'
import { useNodeRun } from '../run/hooks'
import { useRevealed } from '../run/useRevealed'
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

/** Whether a node's result is one text, which can grow while it runs. */
function writesText(type: NodeType | undefined): boolean {
  const shown = type?.outputs.find(({ name }) => name === type.preview) ?? type?.outputs[0]
  return shown?.type === 'text'
}

/** A text that is being written: its end stays in sight, unless somebody has scrolled up. */
function Growing({ text }: { text: string }) {
  const box = useRef<HTMLPreElement>(null)
  const follows = useRef(true)
  const shown = useRevealed(text, box)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each new text
  useLayoutEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight
  }, [shown])
  return (
    <pre
      ref={box}
      className={`${css.text} nowheel nodrag`}
      data-growing
      onScroll={event => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR_END
      }}
    >
      {shown.slice(-MOST_GROWING)}
    </pre>
  )
}

const NEAR_END = 24 // px
/** What is drawn again with each update, in characters. */
const MOST_GROWING = 4000

/** Items of a list that are shown while others are worked on: the newest. */
const MOST_ITEMS = 9
const NOTHING: readonly Media[] = []

/** States in which a result is what the node's last run has made. */
const CURRENT = new Set(['idle', 'done', 'cached'])

export function CardPreview({ id, type, stale, children }: Props) {
  const run = useNodeRun(id)
  // A large value is not written out again for every report of progress.
  const found = useMemo(() => resultOf(run.output, type?.preview), [run.output, type?.preview])
  const tried = useTryOut(id, type)
  const small = tried ?? run.preview
  const live = run.state === 'running'
  // What a node that gives a text says of its progress is the text so far.
  const written = live && run.text && writesText(type) ? run.text : null
  const making = live ? itemsOf(run, type?.preview).flatMap(({ media }) => media ?? []) : NOTHING
  const result = written
    ? { media: [], text: written }
    : making.length > 1
      ? { media: making.slice(-MOST_ITEMS), text: null }
      : small
        ? { media: [small], text: null }
        : found
  const { media, text }: { media: readonly Media[]; text: string | null } = result
  const one = media.length === 1 ? media[0] : null
  const empty = !media.length && text === null
  const waits = run.remote ? standingLine(run.remote) : ''
  const saying = [waits, written ? '' : run.text].filter(Boolean).join(': ')
  // What is shown while a node waits, works or has failed is its last result.
  const old = !tried && !written && (stale || (!run.preview && !CURRENT.has(run.state)))
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
        {written !== null && <Growing text={written} />}
        {!media.length && text !== null && written === null && (
          <>
            <LongText text={text} className={`${css.text} nowheel nodrag`} />
            {text && <CopyButton text={text} label={texts.copyTheResult} className={css.copy} />}
          </>
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
