/** Audio on the viewer's stage: its waveform, which is also where one presses to go to. */
import { useEffect, useState } from 'react'
import { type Media, mediaUrl } from '../../api/media'
import { playingTime } from '../../lib/time'
import css from './AudioStage.module.css'
import { LoopButton, PlayButton, Position } from './PlayerControls'
import { texts } from './texts'
import { usePlayer } from './usePlayer'
import { BARS, peaks } from './waveform'

/** Larger files are played without being decoded as a whole, in bytes. */
const MOST_DRAWN = 40_000_000
const SEEK = 5 // seconds

type Wave = readonly number[] | 'reading' | 'none' | 'large'

export function AudioStage({ media }: { media: Media }) {
  const player = usePlayer<HTMLAudioElement>(steps => player.seek(player.now + steps * SEEK))
  const { now, whole } = player
  const wave = useWave(media)
  const share = whole ? now / whole : 0
  const drawn = Array.isArray(wave) ? wave : null
  return (
    <section ref={player.box} className={css.stage} data-stage tabIndex={-1}>
      <audio ref={player.element} src={mediaUrl(media)} {...player.properties} />
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
        <Position player={player} />
      </div>
      <div className={css.bar}>
        <PlayButton player={player} primary />
        <output>{texts.time(playingTime(now), playingTime(whole))}</output>
        <LoopButton player={player} />
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
