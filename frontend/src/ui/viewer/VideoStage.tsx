/** A video on the viewer's stage: play, frame by frame, at another speed, in a loop. */
import { Pause, Play, Repeat, StepBack, StepForward } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { type Media, mediaUrl, writeMedia } from '../../api/media'
import { errorMessage } from '../../lib/errors'
import { playingTime } from '../../lib/time'
import { Button } from '../controls/Button'
import { texts } from './texts'
import { useStageKeys } from './useStageKeys'
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
  const box = useRef<HTMLElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const frame = useRef(USUAL_FRAME)
  const [plays, setPlays] = useState(false)
  const [loops, setLoops] = useState(false)
  const [speed, setSpeed] = useState(1)
  const [now, setNow] = useState(0)
  const [whole, setWhole] = useState(0)

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
  }, [])

  const toggle = () => {
    const element = video.current
    if (!element) return
    if (element.paused) element.play().catch(() => setPlays(false))
    else element.pause()
  }
  const step = (frames: number) => {
    const element = video.current
    if (!element) return
    element.pause()
    const to = element.currentTime + frames * frame.current
    element.currentTime = Math.max(0, Math.min(element.duration || 0, to))
  }
  useStageKeys(box, event => {
    if (event.target instanceof HTMLButtonElement && event.key === ' ') return false
    if (event.key === ' ') toggle()
    else if (event.key === ',') step(-1)
    else if (event.key === '.') step(1)
    else if (event.key.toLowerCase() === 'l') setLoops(!loops)
    else return false
    return true
  })

  return (
    <section ref={box} className={css.stage} data-stage tabIndex={-1}>
      {/* biome-ignore lint/a11y/useMediaCaption: results are made here and come without captions */}
      <video
        ref={element => {
          video.current = element
          if (element) element.playbackRate = speed
        }}
        src={mediaUrl(media)}
        poster={mediaUrl(media, 1280)}
        aria-label={media.name ?? texts.title}
        preload="metadata"
        playsInline
        loop={loops}
        onClick={toggle}
        onPlay={() => setPlays(true)}
        onPause={() => setPlays(false)}
        onLoadedMetadata={event => setWhole(event.currentTarget.duration)}
        onSeeked={event => setNow(event.currentTarget.currentTime)}
        onTimeUpdate={event => setNow(event.currentTarget.currentTime)}
      />
      <div className={css.bar}>
        <Button
          tone="ghost"
          label={plays ? texts.pause : texts.play}
          icon={plays ? <Pause size={17} /> : <Play size={17} />}
          onClick={toggle}
        />
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
        <input
          type="range"
          aria-label={texts.position}
          min={0}
          max={whole || 1}
          step="any"
          value={now}
          onKeyDown={event => event.key.startsWith('Arrow') && event.stopPropagation()}
          onChange={event => {
            if (video.current) video.current.currentTime = Number(event.target.value)
          }}
        />
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
        <Button
          tone="ghost"
          label={texts.loop}
          aria-pressed={loops}
          icon={<Repeat size={16} />}
          onClick={() => setLoops(!loops)}
        />
      </div>
    </section>
  )
}

/** `0:07.25`: with hundredths, for steps of one frame. */
function exactTime(seconds: number): string {
  const hundredths = Math.floor((seconds % 1) * 100)
  return `${playingTime(Math.floor(seconds))}.${String(hundredths).padStart(2, '0')}`
}
