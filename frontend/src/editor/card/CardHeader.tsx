/** The head of a card: type color, title (double click to rename), state in words, run button. */
import {
  AlertTriangle,
  Ban,
  Check,
  ChevronRight,
  CircleSlash,
  Clock3,
  Lock,
  Play,
  Shuffle,
  VolumeX,
  Zap,
} from 'lucide-react'
import { useStore } from 'zustand'
import { ownTitle } from '../../catalog/title'
import { isCollapsed } from '../../document/frames'
import { duration } from '../../lib/time'
import type { NodeRun } from '../../runs/fold'
import { standing, standingLine } from '../../runs/remote'
import { Glyph } from '../../ui/ports/Glyph'
import { useElapsed } from '../../ui/useElapsed'
import { setField } from '../edits/commands'
import { collapse } from '../edits/frames'
import type { CardData } from '../flow/flow'
import type { Standing } from '../flow/standing'
import { useNodeRun } from '../run/hooks'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './CardHeader.module.css'
import { TitleInput } from './TitleInput'

export function CardHeader({ id, data, stale }: { id: string; data: CardData; stale: boolean }) {
  const session = useSession()
  const { catalog, runner, store, view } = session
  const renaming = useStore(view, state => state.renaming === id)
  const { node, type, standing } = data
  const collapsed = isCollapsed(node)
  const title = ownTitle(node) || type?.name || node.type
  const kind = catalog.colourType(type)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: every gesture here has a key or a button too
    <header
      className={css.header}
      onDoubleClick={event => {
        event.stopPropagation()
        if (store.canEdit) view.setState({ renaming: id })
      }}
    >
      {collapsed ? (
        <button
          type="button"
          className={`${css.open} nodrag`}
          aria-expanded="false"
          aria-label={texts.expandTitle(title)}
          disabled={!store.canEdit}
          onClick={() => collapse(session, [id])}
        >
          <ChevronRight size={14} />
        </button>
      ) : (
        <Glyph type={kind} />
      )}
      {renaming ? (
        <TitleInput
          title={title}
          onDone={text => {
            view.setState({ renaming: null })
            const label = text.trim()
            if (label !== title) {
              setField(session, id, 'label', label && label !== type?.name ? label : undefined)
            }
          }}
        />
      ) : (
        <span className={css.title} title={type?.description}>
          {title}
        </span>
      )}
      {takesPart(standing) ? (
        <CardStatus id={id} stale={stale} />
      ) : (
        <StandingStatus standing={standing} />
      )}
      {type?.runs && store.canEdit && !standing.mode && !standing.needs && (
        <button
          type="button"
          className={`${css.run} nodrag`}
          title={texts.runThisNodeHelp}
          aria-label={texts.runTitle(title)}
          onClick={() => void runner.run({ only: [id] })}
        >
          <Play size={12} fill="currentColor" />
        </button>
      )}
    </header>
  )
}

const takesPart = ({ mode, needs, pinned }: Standing) => !mode && !needs && !pinned

/** What keeps a node from running, in a word. */
function StandingStatus({ standing }: { standing: Standing }) {
  const { mode, needs } = standing
  const [icon, text, title] =
    mode === 'bypass'
      ? [<Shuffle key="i" size={12} />, texts.bypassedWord, texts.bypassedHelp]
      : mode === 'mute'
        ? [<VolumeX key="i" size={12} />, texts.mutedWord, texts.mutedHelp]
        : needs
          ? [<CircleSlash key="i" size={12} />, texts.leftOutWord, texts.leftOutHelp(needs)]
          : [<Lock key="i" size={12} />, texts.pinnedWord, texts.pinnedHelp]
  return (
    <span className={css.status} data-tone={mode || needs ? 'quiet' : 'held'} title={title}>
      {icon}
      {text}
    </span>
  )
}

function CardStatus({ id, stale }: { id: string; stale: boolean }) {
  const run = useNodeRun(id)
  const elapsed = useElapsed(run.state === 'running' ? run.startedAt : null)
  const shown = words(run, stale, elapsed)
  if (!shown) return null
  return (
    <span className={css.status} data-tone={shown.tone} title={shown.title}>
      {shown.icon}
      {shown.text}
    </span>
  )
}

function words(run: NodeRun, stale: boolean, elapsed: number | null) {
  const took = run.ms === null ? '' : duration(run.ms)
  const times = run.items && run.items > 1 ? `×${run.items} ` : ''
  if (stale && (run.state === 'done' || run.state === 'cached')) {
    return { tone: 'stale', text: texts.outdated, title: texts.inputsChangedSinceThisResult }
  }
  switch (run.state) {
    case 'queued':
      return { tone: 'quiet', text: texts.waitingWord, icon: <Clock3 size={12} /> }
    case 'running': {
      const waits = standing(run.remote)
      const where = run.remote ? standingLine(run.remote) : ''
      if (waits) return { tone: 'live', text: waits, icon: <Clock3 size={12} />, title: where }
      const share =
        run.fraction === null ? texts.runningWord : texts.percent(Math.round(run.fraction * 100))
      const time = elapsed !== null && elapsed > 900 ? ` · ${duration(elapsed)}` : ''
      const title = [where, run.text].filter(Boolean).join(': ')
      return { tone: 'live', text: share + time, title }
    }
    case 'done':
      if (run.failed) {
        const text = texts.itemsFailed(run.failed, run.items ?? run.failed)
        return { tone: 'bad', text, icon: <AlertTriangle size={12} />, title: text }
      }
      return { tone: 'ok', text: times + took, icon: <Check size={13} /> }
    case 'cached':
      return {
        tone: 'ok',
        text: times + texts.cachedWord,
        icon: <Zap size={12} />,
        title: texts.nothingHasChanged,
      }
    case 'failed':
      return {
        tone: 'bad',
        text: texts.failedWord,
        icon: <AlertTriangle size={12} />,
        title: run.message,
      }
    case 'skipped':
      return {
        tone: 'quiet',
        text: texts.skippedWord,
        icon: <CircleSlash size={12} />,
        title: run.reason,
      }
    case 'cancelled':
      return { tone: 'quiet', text: texts.cancelledWord, icon: <Ban size={12} /> }
    default:
      return null
  }
}
