/** The last runs of this browser, as small images and words; choosing one shows it again. */
import { mediaUrl } from '../../api/media'
import { ago, duration } from '../../lib/time'
import { useNow } from '../../ui/useNow'
import { partsOf } from '../run/parts'
import { texts } from '../texts'
import type { PastRun } from './history'
import css from './PlayHistory.module.css'

interface Props {
  slug: string
  runs: readonly PastRun[]
  /** Id of the run that is on show. */
  shown: string | null
  busy: boolean
  onShow: (run: PastRun) => void
  onForget: () => void
}

export function PlayHistory({ runs, shown, busy, onShow, onForget }: Props) {
  const now = useNow()
  return (
    <section className={css.history} aria-label={texts.earlierRuns}>
      <div className={css.head}>
        <h2>{texts.yourLastRuns}</h2>
        <button type="button" disabled={busy} onClick={onForget}>
          {texts.clearHistory}
        </button>
      </div>
      <ul>
        {runs.map(run => (
          <li key={run.id}>
            <button
              type="button"
              className={css.run}
              aria-current={run.id === shown ? 'true' : undefined}
              disabled={busy}
              onClick={() => onShow(run)}
            >
              <Glimpse run={run} />
              <span>
                {run.status === 'completed' && run.ms !== null
                  ? texts.doneInTime(duration(run.ms))
                  : WORDS[run.status]}
              </span>
              <small>{ago(run.at, now)}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

const WORDS = {
  processing: texts.runningState,
  completed: texts.done,
  failed: texts.failed,
  cancelled: texts.cancelled,
}

function Glimpse({ run }: { run: PastRun }) {
  const part = partsOf(run.result)[0]
  if (part?.kind === 'file' && /^(image|video)\//.test(part.media.content_type)) {
    return <img className={css.glimpse} src={mediaUrl(part.media, 240)} alt="" loading="lazy" />
  }
  const text = run.status === 'completed' ? (part?.kind === 'text' ? part.text : '') : run.message
  return (
    <span className={css.glimpse} data-status={run.status}>
      {text.slice(0, 120)}
    </span>
  )
}
