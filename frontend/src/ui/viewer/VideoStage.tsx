/** A video on the viewer's stage: play, frame by frame, at another speed, in a loop. */
import { StepBack, StepForward } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { type Media, mediaUrl, writeMedia } from '../../api/media'
import { errorMessage } from '../../lib/errors'
import { playingTime } from '../../lib/time'
import { Button } from '../controls/Button'
import { LoopButton, PlayButton, Position } from './PlayerControls'
import { texts } from './texts'
import { usePlayer } from './usePlayer'
import css from './VideoStage.module.css'

const SPEEDS = [0.25, 0.5, 1, 1.5, 2]
/** Until two frames have been seen, s. */
const USUAL_FRAME = 1 / 30

export function VideoStage({ media }: { media: Media }) {
  // One without a size is between two steps: the server writes it when it is to be played.
  const [share, setShare] = useState<number | null>(null)
  const [state, setState] = useState(media.size == null && media.asset ? 'writing' : 'here')
  const [problem, setProblem] = useState('')
  const writing = state === 'writing'
  useEffect(() => {
    if (!writing) return
    const stop = new AbortController()
    writeMedia(media, setShare, stop.signal)
      .then(() => setState('here'))
      .catch(error => stop.signal.aborted || setProblem(errorMessage(error)))
    return () => stop.abort()
  }, [media, writing])
  if (state === 'here') return <VideoPlayer media={media} />
  const percent = share === null ? null : Math.floor(share * 100)
  return (
    <section className={css.stage} data-stage tabIndex={-1}>
      <img src={mediaUrl(media, 1280)} alt="" />
      {problem ? (
        <p className={css.status} role="alert">
          {problem}
        </p>
      ) : (
        <p className={css.status} role="status">
          {texts.preparing(percent)}
        </p>
      )}
    </section>
  )
}

function VideoPlayer({ media }: { media: Media }) {
  const player = usePlayer<HTMLVideoElement>(step)
  const { element: video, now, whole, setNow } = player
  const frame = useRef(USUAL_FRAME)
  const [speed, setSpeed] = useState(1)

  useEffect(() => {
    const element = video.current
    if (!element?.requestVideoFrameCallback) return
    let [last, handle] = [-1, 0]
    const see = (_: number, { mediaTime }: VideoFrameCallbackMetadata) => {
      const passed = mediaTime - last
      // The shortest step between two frames that were shown is that of the video.
      if (last >= 0 && passed > 0.004 && passed < frame.current * 1.5) frame.current = passed
      last = mediaTime
      setNow(mediaTime)
      handle = element.requestVideoFrameCallback(see)
    }
    handle = element.requestVideoFrameCallback(see)
    return () => element.cancelVideoFrameCallback(handle)
  }, [video, setNow])

  function step(frames: number) {
    const element = video.current
    if (!element) return
    element.pause()
    player.seek(element.currentTime + frames * frame.current)
  }

  return (
    <section ref={player.box} className={css.stage} data-stage tabIndex={-1}>
      <video
        ref={element => {
          video.current = element
          if (element) element.playbackRate = speed
        }}
        src={mediaUrl(media)}
        poster={mediaUrl(media, 1280)}
        aria-label={media.name ?? texts.title}
        playsInline
        onClick={player.toggle}
        {...player.properties}
      />
      <div className={css.bar}>
        <PlayButton player={player} />
        <Button
          tone="ghost"
          label={texts.frameBack}
          icon={<StepBack size={16} />}
          onClick={() => step(-1)}
        />
        <Button
          tone="ghost"
          label={texts.frameForward}
          icon={<StepForward size={16} />}
          onClick={() => step(1)}
        />
        <Position player={player} />
        <output>{texts.time(exactTime(now), exactTime(whole))}</output>
        <select
          aria-label={texts.speed}
          value={speed}
          onChange={event => setSpeed(Number(event.target.value))}
        >
          {SPEEDS.map(one => (
            <option key={one} value={one}>
              {texts.times(one)}
            </option>
          ))}
        </select>
        <LoopButton player={player} />
      </div>
    </section>
  )
}

/** `0:07.25`: with hundredths, for steps of one frame. */
function exactTime(seconds: number): string {
  const hundredths = Math.floor((seconds % 1) * 100)
  return `${playingTime(Math.floor(seconds))}.${String(hundredths).padStart(2, '0')}`
}
