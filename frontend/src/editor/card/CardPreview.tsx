/** The result of a node on its card: images, text, JSON or a list; a quiet place before a run. */
import { Download, Image as ImageIcon, Maximize2 } from 'lucide-react'
import { type ReactNode, useLayoutEffect, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import type { NodeType } from '../../api/catalog'
import { type Media, mediaUrl } from '../../api/media'
import { mediaFacts } from '../../lib/format'
import { itemsOf } from '../../runs/items'
import { remoteLine } from '../../runs/remote'
import { resultOf } from '../../runs/results'
import { MediaView } from '../../ui/media/MediaView'
import { lazily } from '../../ui/shell/lazily'
import { CopyButton } from '../../ui/text/CopyButton'
import { LongText } from '../../ui/text/LongText'
import { PLACED_TYPES } from '../handles/types'
import dashes from '../ports/Dashes.module.css'
import { openResult } from '../results/open'
import { useNodeRun } from '../run/hooks'
import { useRevealed } from '../run/useRevealed'
import { useTryOut } from '../run/useTryOut'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import css from './CardPreview.module.css'
import { Placing } from './Placing'
import { texts } from './texts'

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

/** A text that is being written: its end stays in sight, unless the user has scrolled up. */
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

// Loaded with the first card of a list step, and the first that is selected and has a result.
const CardItems = lazily(async () => (await import('../results/CardItems')).CardItems)
const CardSteps = lazily(async () => (await import('../results/CardSteps')).CardSteps)

const PLACED = new Set<string>(PLACED_TYPES)

/** States in which a result is what the node's last run has made. */
const CURRENT = new Set(['idle', 'done', 'cached'])

export function CardPreview({ id, type, stale, children }: Props) {
  const session = useSession()
  const run = useNodeRun(id)
  const chosen = useStore(
    session.flow.state,
    ({ selected }) => selected.length === 1 && selected[0] === id,
  )
  // A large value is not written out again for every report of progress.
  const found = useMemo(() => resultOf(run.output, type?.preview), [run.output, type?.preview])
  const tried = useTryOut(id, type)
  const small = tried ?? run.preview
  const live = run.state === 'running'
  // What a node that gives a text says of its progress is the text so far.
  const written = live && run.text && writesText(type) ? run.text : null
  const items = useMemo(() => itemsOf(run, type?.preview), [run, type?.preview])
  const listed = !tried && !written && items.some(({ media, state }) => media || state === 'failed')
  const result = written
    ? { media: [], text: written }
    : listed
      ? { media: items.flatMap(item => item.media ?? []), text: null }
      : small
        ? { media: [small], text: null }
        : found
  const { media, text }: { media: readonly Media[]; text: string | null } = result
  const one = media.length === 1 && !listed ? media[0] : null
  const empty = !media.length && text === null && !listed
  const waits = run.remote ? remoteLine(run.remote) : ''
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
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button below and a key do the same */}
      <div
        className={css.shown}
        onDoubleClick={event => {
          if (!run.output || tried || (event.target as Element).closest('button, a, pre')) return
          event.stopPropagation()
          openResult(session, id)
        }}
      >
        {one && <MediaView media={one} width={640} />}
        {listed && (
          <CardItems
            items={items}
            title={session.titleOf(id)}
            run={session.runOf(id)}
            onOpen={live || !run.output ? null : at => openResult(session, id, at)}
          />
        )}
        {media.length > 1 && !listed && (
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
        {!empty && !tried && !live && run.output && (
          <button
            type="button"
            className={`${css.open} nodrag`}
            title={editorTexts.openTheResult}
            aria-label={editorTexts.openTheResult}
            onClick={() => openResult(session, id)}
          >
            <Maximize2 size={13} />
          </button>
        )}
        {chosen && !empty && !tried && !live && run.output && <CardSteps id={id} />}
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
      {PLACED.has(type?.type ?? '') && session.store.canEdit && (
        <Placing id={id} result={tried ?? (old ? null : (one ?? null))} />
      )}
      {bar && (!empty || children) && (
        <div className={css.bar}>
          <span>{bar}</span>
          {one && !tried && !(live && saying) && (
            <a
              className="nodrag"
              href={mediaUrl(one)}
              download={one.name ?? true}
              title={editorTexts.download}
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
