/** A video that no file holds yet: its poster, and once it is to be played, how far it is. */
import { Play } from 'lucide-react'
import { useEffect, useState } from 'react'
import { type Media, mediaUrl, writeMedia } from '../../api/media'
import { errorMessage } from '../../lib/errors'
import { texts } from '../texts'
import { ImageView } from './ImageView'
import css from './MediaView.module.css'
import { Player } from './Player'

interface Props {
  media: Media
  /** Width of the poster to ask for, px. */
  width: number
}

type State = { is: 'waits' | 'written' } | { is: 'writing'; share: number | null }

export function Unwritten({ media, width }: Props) {
  const [state, setState] = useState<State>({ is: 'waits' })
  const [problem, setProblem] = useState('')
  const wanted = state.is === 'writing'
  useEffect(() => {
    if (!wanted) return
    const stop = new AbortController()
    const report = (share: number | null) => setState({ is: 'writing', share })
    writeMedia(media, report, stop.signal)
      .then(() => setState({ is: 'written' }))
      .catch(error => {
        if (stop.signal.aborted) return
        setProblem(errorMessage(error))
        setState({ is: 'waits' })
      })
    return () => stop.abort()
  }, [wanted, media])
  if (state.is === 'written') return <Player media={media} width={width} autoPlay />
  const name = media.name ?? texts.video
  const percent =
    state.is === 'writing' && state.share !== null ? Math.floor(state.share * 100) : null
  return (
    <div className={`${css.image} nodrag`}>
      <ImageView src={mediaUrl(media, width)} alt={name} />
      {state.is === 'waits' ? (
        <button
          type="button"
          className={css.play}
          aria-label={texts.play(name)}
          onClick={() => {
            setProblem('')
            setState({ is: 'writing', share: null })
          }}
        >
          <Play className={css.badge} size={18} aria-hidden />
        </button>
      ) : (
        <div className={css.writing} role="status">
          <progress max={100} value={percent ?? undefined} aria-label={texts.preparing(percent)} />
          <span>{texts.preparing(percent)}</span>
        </div>
      )}
      {problem && (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
