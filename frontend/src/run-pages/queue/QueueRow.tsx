/** One run of the queue: its place, who has started it, how far it is, and what can be done with it. */

import { ArrowUpToLine, CircleStop, GripVertical, Pause, Play } from 'lucide-react'
import type { QueueVerb } from '../../api/runs'
import type { QueuedRun } from '../../api/schema'
import { ago, duration } from '../../lib/time'
import { Button } from '../../ui/controls/Button'
import { ProgressBar } from '../../ui/controls/ProgressBar'
import { StateDot } from '../../ui/StateDot'
import { useElapsed } from '../../ui/useElapsed'
import { useNow } from '../../ui/useNow'
import { SOURCES } from '../format'
import type { Progress } from '../list/useProgress'
import { texts } from '../texts'
import css from './QueueRow.module.css'
import type { Dragging } from './useDragging'

interface Props {
  row: QueuedRun
  showsAccount: boolean
  progress: Progress | undefined
  selected: boolean
  /** How it is put in another place; null where it has none. */
  drag: Dragging | null
  onSelect: (on: boolean) => void
  onChange: (verb: QueueVerb) => void
  onFront: () => void
}

export function QueueRow(props: Props) {
  const { row, drag, onChange } = props
  const now = useNow()
  const name = row.name || row.workflowSlug || texts.aRun
  const rests = row.state === 'paused' || row.pausing
  const share = props.progress?.share ?? (row.total ? row.done / row.total : 0)
  const by = [
    props.showsAccount && row.account,
    row.keyName ?? SOURCES[row.source] ?? row.source,
  ].filter(Boolean)
  return (
    <li
      className={css.row}
      data-run={row.executionId}
      data-selected={props.selected || undefined}
      data-dragged={drag?.id === row.executionId || undefined}
      data-mark={mark(drag, row)}
    >
      <input
        type="checkbox"
        className={css.box}
        aria-label={texts.selectName(name)}
        checked={props.selected}
        onChange={event => props.onSelect(event.target.checked)}
      />
      <span className={css.place}>
        {drag ? (
          <button
            type="button"
            className={css.handle}
            aria-label={texts.moveName(name, row.position ?? 0)}
            title={texts.dragOrArrowKeys}
            {...drag.handle(row.executionId)}
          >
            <GripVertical aria-hidden size={15} />
            {row.position}
          </button>
        ) : (
          (row.position ?? <StateDot tone={rests ? 'quiet' : 'running'} />)
        )}
      </span>
      <div className={css.words}>
        {row.mine ? (
          <a className={css.name} href={`/runs/${row.executionId}`}>
            {name}
          </a>
        ) : (
          <span className={css.name}>{name}</span>
        )}
        <p className={css.state}>
          <State row={row} progress={props.progress} />
          <span className={css.by} title={texts.startedBy}>
            {by.join(' · ')}
          </span>
          <time dateTime={row.createdAt}>{ago(row.createdAt, now)}</time>
        </p>
        {row.state === 'running' && (
          <ProgressBar label={texts.progressOfName(name)} share={share} rests={rests} />
        )}
      </div>
      <div className={css.actions}>
        {drag && row.position !== 1 && (
          <Button
            tone="ghost"
            label={texts.moveNameToFront(name)}
            icon={<ArrowUpToLine aria-hidden size={16} />}
            onClick={props.onFront}
          />
        )}
        <Button
          tone="ghost"
          label={rests ? texts.resumeName(name) : texts.pauseName(name)}
          icon={rests ? <Play aria-hidden size={16} /> : <Pause aria-hidden size={16} />}
          onClick={() => onChange(rests ? 'resume' : 'pause')}
        />
        <Button
          tone="ghost"
          label={texts.cancelName(name)}
          icon={<CircleStop aria-hidden size={16} />}
          onClick={() => onChange('cancel')}
        />
      </div>
    </li>
  )
}

/** Its state: "Running · 3 of 12 · 14 s, usually 40 s". */
function State({ row, progress }: { row: QueuedRun; progress: Progress | undefined }) {
  const began = row.state === 'running' && row.startedAt ? Date.parse(row.startedAt) : null
  const elapsed = useElapsed(began)
  const { done, total } = progress?.total ? progress : row
  const usual =
    row.expectedSeconds === null ? '' : texts.usually(duration(row.expectedSeconds * 1000))
  const parts = [
    row.state === 'paused' && texts.paused,
    row.pausing && texts.pausing,
    row.state !== 'queued' && total > 0 && texts.doneOfTotal(done, total),
    [elapsed !== null && duration(elapsed), usual].filter(Boolean).join(', '),
  ].filter(Boolean)
  return parts.length ? <span>{parts.join(' · ')}</span> : null
}

/** Where the dragged run would be put, if that is beside this one. */
function mark(drag: Dragging | null, row: QueuedRun): 'above' | 'below' | undefined {
  if (!drag?.id || drag.after === undefined) return undefined
  if (drag.after === row.executionId) return 'below'
  return drag.after === null && row.position === 1 ? 'above' : undefined
}
