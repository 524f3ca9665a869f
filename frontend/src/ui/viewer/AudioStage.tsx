/** Audio on the viewer's stage: its waveform, which is also where one presses to go to. */
import { Pause, Play, Repeat } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { type Media, mediaUrl } from '../../api/media'
import { playingTime } from '../../lib/time'
import { Button } from '../controls/Button'
import css from './AudioStage.module.css'
import { texts } from './texts'
import { useStageKeys } from './useStageKeys'
import { BARS, peaks } from './waveform'

/** Larger files are played without being decoded as a whole, in bytes. */
const MOST_DRAWN = 40_000_000
const SEEK = 5 // seconds

type Wave = readonly number[] | 'reading' | 'none' | 'large'

export function AudioStage({ media }: { media: Media }) {
  const box = useRef<HTMLElement>(null)
  const audio = useRef<HTMLAudioElement>(null)
  const [plays, setPlays] = useState(false)
  const [loops, setLoops] = useState(false)
  const [now, setNow] = useState(0)
  const [whole, setWhole] = useState(0)
  const wave = useWave(media)
  const toggle = () => {
    if (audio.current?.paused) audio.current.play().catch(() => setPlays(false))
    else audio.current?.pause()
  }
  const seek = (seconds: number) => {
    if (audio.current) audio.current.currentTime = Math.max(0, Math.min(whole, seconds))
  }
  useStageKeys(box, event => {
    if (event.target instanceof HTMLButtonElement && event.key === ' ') return false
    if (event.key === ' ') toggle()
    else if (event.key === ',') seek(now - SEEK)
    else if (event.key === '.') seek(now + SEEK)
    else if (event.key.toLowerCase() === 'l') setLoops(!loops)
    else return false
    return true
  })
  const share = whole ? now / whole : 0
  const drawn = Array.isArray(wave) ? wave : null
  return (
    <section ref={box} className={css.stage} data-stage tabIndex={-1}>
      {/* biome-ignore lint/a11y/useMediaCaption: results are made here and come without captions */}
      <audio
        ref={audio}
        src={mediaUrl(media)}
        preload="metadata"
        loop={loops}
        onPlay={() => setPlays(true)}
        onPause={() => setPlays(false)}
        onLoadedMetadata={event => setWhole(event.currentTarget.duration)}
        onTimeUpdate={event => setNow(event.currentTarget.currentTime)}
        onSeeked={event => setNow(event.currentTarget.currentTime)}
      />
      <div className={css.wave} data-drawn={drawn !== null || undefined}>
        {drawn && (
          <svg viewBox={`0 0 ${BARS} 100`} preserveAspectRatio="none" aria-hidden="true">
            {drawn.map((peak, at) => (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
                key={at}
                x={at + 0.15}
                width={0.7}
                y={50 - Math.max(1, peak * 50)}
                height={Math.max(2, peak * 100)}
                data-past={at / BARS < share || undefined}
              />
            ))}
          </svg>
        )}
        {(wave === 'none' || wave === 'large') && (
          <p>{wave === 'none' ? texts.noWaveform : texts.waveformTooLarge}</p>
        )}
        <input
          type="range"
          aria-label={texts.position}
          min={0}
          max={whole || 1}
          step="any"
          value={now}
          onKeyDown={event => event.key.startsWith('Arrow') && event.stopPropagation()}
          onChange={event => seek(Number(event.target.value))}
        />
      </div>
      <div className={css.bar}>
        <Button
          tone="primary"
          label={plays ? texts.pause : texts.play}
          icon={plays ? <Pause size={18} /> : <Play size={18} />}
          onClick={toggle}
        />
        <output>{texts.time(playingTime(now), playingTime(whole))}</output>
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

function useWave(media: Media): Wave {
  const [wave, setWave] = useState<Wave>('reading')
  useEffect(() => {
    if ((media.size ?? 0) > MOST_DRAWN) {
      setWave('large')
      return
    }
    const stop = new AbortController()
    const read = async () => {
      const response = await fetch(mediaUrl(media), { signal: stop.signal })
      // It decodes without a device and plays nothing.
      const context = new OfflineAudioContext(1, 1, 44_100)
      const decoded = await context.decodeAudioData(await response.arrayBuffer())
      setWave(peaks(decoded.getChannelData(0)))
    }
    read().catch(() => stop.signal.aborted || setWave('none'))
    return () => stop.abort()
  }, [media])
  return wave
}
