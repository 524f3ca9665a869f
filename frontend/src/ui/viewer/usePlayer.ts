/** Playing on the viewer's stage: the state of an audio or video element, its keys, its controls. */
import { type SyntheticEvent, useRef, useState } from 'react'
import { useStageKeys } from './useStageKeys'

export type Player = ReturnType<typeof usePlayer>

/** `onStep` goes on or back by as much as a key does. */
export function usePlayer<Played extends HTMLMediaElement>(onStep: (steps: 1 | -1) => void) {
  const box = useRef<HTMLElement>(null)
  const element = useRef<Played>(null)
  const [plays, setPlays] = useState(false)
  const [loops, setLoops] = useState(false)
  const [now, setNow] = useState(0)
  const [whole, setWhole] = useState(0)
  const toggle = () => {
    if (element.current?.paused) element.current.play().catch(() => setPlays(false))
    else element.current?.pause()
  }
  const seek = (seconds: number) => {
    if (element.current) element.current.currentTime = Math.max(0, Math.min(whole, seconds))
  }
  const loop = () => setLoops(!loops)
  useStageKeys(box, event => {
    if (event.target instanceof HTMLButtonElement && event.key === ' ') return false
    if (event.key === ' ') toggle()
    else if (event.key === ',') onStep(-1)
    else if (event.key === '.') onStep(1)
    else if (event.key.toLowerCase() === 'l') loop()
    else return false
    return true
  })
  const read = ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) =>
    setNow(currentTarget.currentTime)
  /** What the element takes besides its file. */
  const properties = {
    preload: 'metadata',
    loop: loops,
    onPlay: () => setPlays(true),
    onPause: () => setPlays(false),
    onLoadedMetadata: ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) =>
      setWhole(currentTarget.duration),
    onTimeUpdate: read,
    onSeeked: read,
  } as const
  return { box, element, plays, loops, now, whole, setNow, toggle, seek, loop, properties }
}
