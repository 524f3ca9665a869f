/** What is done with the runs that are selected. */
import { ArrowUpToLine, CircleStop, Pause, Play } from 'lucide-react'
import type { QueueVerb } from '../../api/runs'
import type { QueuedRun } from '../../api/schema'
import { Button } from '../../ui/controls/Button'
import { texts } from '../texts'
import css from './QueuePage.module.css'

interface Props {
  rows: readonly QueuedRun[]
  chosen: readonly QueuedRun[]
  onAll: (on: boolean) => void
  onChange: (verb: QueueVerb, ids: string[]) => void
  onFront: (ids: string[]) => void
}

export function SelectionBar({ rows, chosen, onAll, onChange, onFront }: Props) {
  const rests = (row: QueuedRun) => row.state === 'paused' || row.pausing
  const ids = (list: readonly QueuedRun[]) => list.map(row => row.executionId)
  const active = chosen.filter(row => !rests(row))
  const resting = chosen.filter(rests)
  const movable = chosen.filter(row => row.mine && row.state === 'queued')
  return (
    <div className={css.selection} role="toolbar" aria-label={texts.selectedRuns}>
      <label className={css.check}>
        <input
          type="checkbox"
          checked={chosen.length === rows.length}
          ref={box => {
            if (box) box.indeterminate = chosen.length > 0 && chosen.length < rows.length
          }}
          onChange={event => onAll(event.target.checked)}
        />
        {chosen.length ? texts.selected(chosen.length) : texts.selectAll}
      </label>
      {chosen.length > 0 && (
        <>
          {movable.length > 0 && (
            <Button
              icon={<ArrowUpToLine aria-hidden size={15} />}
              onClick={() => onFront(ids(movable))}
            >
              {texts.moveToFront}
            </Button>
          )}
          {active.length > 0 && (
            <Button
              icon={<Pause aria-hidden size={15} />}
              onClick={() => onChange('pause', ids(active))}
            >
              {texts.pause}
            </Button>
          )}
          {resting.length > 0 && (
            <Button
              icon={<Play aria-hidden size={15} />}
              onClick={() => onChange('resume', ids(resting))}
            >
              {texts.resume}
            </Button>
          )}
          <Button
            tone="danger"
            icon={<CircleStop aria-hidden size={15} />}
            onClick={() => onChange('cancel', ids(chosen))}
          >
            {texts.cancel}
          </Button>
        </>
      )}
    </div>
  )
}
