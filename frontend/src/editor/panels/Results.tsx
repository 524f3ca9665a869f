/** A node's results in the inspector: files to view and download, text, and what went wrong. */
import { Download } from 'lucide-react'
import { useMemo } from 'react'
import type { NodeType } from '../../api/catalog'
import { mediaUrl } from '../../api/media'
import { duration } from '../../lib/time'
import { resultOf } from '../../runs/results'
import { MediaView } from '../../ui/media/MediaView'
import { lazily } from '../../ui/shell/lazily'
import { LongText } from '../../ui/text/LongText'
import { useNodeRun, useStale } from '../run/hooks'
import { texts as editorTexts } from '../texts'
import css from './Results.module.css'
import { texts } from './texts'

// Loaded with the first node that has a result and is shown.
const Filmstrip = lazily(async () => (await import('../results/Filmstrip')).Filmstrip)

export function Results({ id, type }: { id: string; type: NodeType | undefined }) {
  const run = useNodeRun(id)
  const stale = useStale(id)
  const { media, text } = useMemo(
    () => resultOf(run.output, type?.preview),
    [run.output, type?.preview],
  )
  if (run.state === 'idle' && !run.output) return null
  return (
    <section className={css.results}>
      <h3>{texts.result}</h3>
      {run.state === 'failed' && (
        <p className={css.bad} role="alert">
          {run.message}
        </p>
      )}
      {run.state === 'skipped' && (
        <p>{run.reason || texts.skippedBecauseSomethingBeforeItFailed}</p>
      )}
      {media.length > 0 && (
        <ul className={css.strip}>
          {media.map((item, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same file may come twice
            <li key={i}>
              <MediaView media={item} width={320} />
              <a
                href={mediaUrl(item)}
                download={item.name ?? true}
                title={editorTexts.download}
                aria-label={texts.downloadResultPlace(i + 1)}
              >
                <Download size={13} />
              </a>
            </li>
          ))}
        </ul>
      )}
      {!media.length && text !== null && <LongText text={text} className={css.text} />}
      <Filmstrip id={id} />
      <dl className={css.facts}>
        {run.ms !== null && (
          <div>
            <dt>{texts.duration}</dt>
            <dd>{run.state === 'cached' ? texts.cached : duration(run.ms)}</dd>
          </div>
        )}
        {run.items !== null && run.items > 1 && (
          <div>
            <dt>{texts.ran}</dt>
            <dd>{texts.timesOncePerItem(run.items)}</dd>
          </div>
        )}
        {stale && (
          <div>
            <dt>{editorTexts.outdated}</dt>
            <dd>{editorTexts.inputsChangedSinceThisResult}</dd>
          </div>
        )}
      </dl>
    </section>
  )
}
