/** All results of a node as one strip: the active one is marked, a press goes back to another. */
import { FileText, Grid3x3, Lock, Maximize2, X } from 'lucide-react'
import { mediaUrl } from '../../api/media'
import { errorMessage } from '../../lib/errors'
import { resultOf } from '../../runs/results'
import { useSession } from '../session'
import css from './Filmstrip.module.css'
import { texts } from './texts'
import { useChosen } from './useChosen'

export function Filmstrip({ id }: { id: string }) {
  const session = useSession()
  const { history, node, mayPin, pinned, active, open, use, discard } = useChosen(id)
  const port = node && session.catalog.get(node.type)?.preview

  if (history.isError) return <p className={css.note}>{errorMessage(history.error)}</p>
  if (history.isPending) return <p className={css.note}>{texts.loading}</p>
  return (
    <section className={css.strip} aria-label={texts.results}>
      {history.results.length > 0 ? (
        <ol>
          {history.results.map((row, at) => {
            const { media, text } = resultOf(row.outputs, port)
            const held = pinned !== undefined && at === active
            // What the card shows stays; another one is chosen first.
            const remove = session.role && at !== active ? () => void discard(row, true) : null
            return (
              <li key={row.id}>
                <button
                  type="button"
                  aria-current={at === active}
                  aria-pressed={mayPin ? held : undefined}
                  title={mayPin ? (held ? texts.letRun : texts.use) : texts.open}
                  aria-label={texts.place(history.results.length - at, row.executionId)}
                  onClick={() => use(row, at)}
                  onDoubleClick={() => open(at)}
                  onKeyDown={event => {
                    if (event.key !== 'Delete' || !remove) return
                    event.stopPropagation()
                    remove()
                  }}
                >
                  {media[0] && /^(image|video)\//.test(media[0].content_type) ? (
                    <img src={mediaUrl(media[0], 160)} alt="" loading="lazy" draggable={false} />
                  ) : (
                    <span>{text ? text.slice(0, 24) : <FileText size={15} aria-hidden />}</span>
                  )}
                  {media.length > 1 && <b>{texts.several(media.length)}</b>}
                  {held && <Lock size={12} aria-hidden />}
                </button>
                {remove && (
                  <button
                    type="button"
                    className={css.remove}
                    aria-label={texts.remove}
                    title={texts.remove}
                    onClick={remove}
                  >
                    <X size={11} aria-hidden />
                  </button>
                )}
              </li>
            )
          })}
          {history.hasNextPage && (
            <li>
              <button type="button" onClick={() => void history.fetchNextPage()}>
                {texts.more}
              </button>
            </li>
          )}
        </ol>
      ) : (
        <p className={css.note}>{texts.none}</p>
      )}
      <p className={css.ways}>
        <span>{texts.count(history.results.length, history.hasNextPage)}</span>
        {history.results.length > 0 && (
          <button type="button" onClick={() => open(active)}>
            <Maximize2 size={13} aria-hidden /> {texts.compare}
          </button>
        )}
        {session.store.canEdit && (
          <button type="button" onClick={() => session.view.setState({ variations: id })}>
            <Grid3x3 size={13} aria-hidden /> {texts.variations}
          </button>
        )}
      </p>
    </section>
  )
}
