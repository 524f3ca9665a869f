/** The state of a node in a word: what keeps it from running, else the state of its run. */
import {
  AlertTriangle,
  Ban,
  Check,
  CircleSlash,
  Clock3,
  Lock,
  Shuffle,
  VolumeX,
  Zap,
} from 'lucide-react'
import { duration } from '../../lib/time'
import type { NodeRun } from '../../runs/fold'
import { remoteLine, remoteState } from '../../runs/remote'
import { useElapsed } from '../../ui/useElapsed'
import type { NodeStatus } from '../flow/status'
import { useNodeRun } from '../run/hooks'
import { texts as editorTexts } from '../texts'
import css from './CardHeader.module.css'
import { texts } from './texts'

interface Props {
  id: string
  stale: boolean
  status: NodeStatus
}

export function CardStatus({ id, stale, status }: Props) {
  return takesPart(status) ? <RunStatus id={id} stale={stale} /> : <ModeStatus status={status} />
}

const takesPart = ({ mode, needs, pinned }: NodeStatus) => !mode && !needs && !pinned

/** What keeps a node from running, in a word. */
function ModeStatus({ status }: { status: NodeStatus }) {
  const { mode, needs } = status
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

function RunStatus({ id, stale }: { id: string; stale: boolean }) {
  const run = useNodeRun(id)
  const elapsed = useElapsed(run.state === 'running' ? run.startedAt : null)
  const shown = words(run, stale, elapsed)
  if (!shown) return null
  return (
    <span className={css.status} data-tone={shown.tone} title={shown.title}>
      {shown.icon}
      {shown.icon && run.state === 'done' && <span className="sr-only">{editorTexts.done} </span>}
      {shown.text}
    </span>
  )
}

function words(run: NodeRun, stale: boolean, elapsed: number | null) {
  const took = run.ms === null ? '' : duration(run.ms)
  const times = run.items && run.items > 1 ? `×${run.items} ` : ''
  if (stale && (run.state === 'done' || run.state === 'cached')) {
    return {
      tone: 'stale',
      text: editorTexts.outdated,
      title: editorTexts.inputsChangedSinceThisResult,
    }
  }
  switch (run.state) {
    case 'queued':
      return { tone: 'quiet', text: texts.waitingWord, icon: <Clock3 size={12} /> }
    case 'running': {
      const waits = remoteState(run.remote)
      const where = run.remote ? remoteLine(run.remote) : ''
      if (waits) return { tone: 'live', text: waits, icon: <Clock3 size={12} />, title: where }
      const share =
        run.fraction === null
          ? editorTexts.runningWord
          : editorTexts.percent(Math.round(run.fraction * 100))
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
