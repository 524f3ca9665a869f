/** Controls of what is played on the viewer's stage: play, the position as a line, and the loop. */
import { Pause, Play, Repeat } from 'lucide-react'
import { Button } from '../controls/Button'
import { texts } from './texts'
import type { Player } from './usePlayer'

export function PlayButton({ player, primary }: { player: Player; primary?: boolean }) {
  return (
    <Button
      tone={primary ? 'primary' : 'ghost'}
      label={player.plays ? texts.pause : texts.play}
      icon={player.plays ? <Pause size={17} /> : <Play size={17} />}
      onClick={player.toggle}
    />
  )
}

export function Position({ player }: { player: Player }) {
  return (
    <input
      type="range"
      aria-label={texts.position}
      min={0}
      max={player.whole || 1}
      step="any"
      value={player.now}
      onKeyDown={event => event.key.startsWith('Arrow') && event.stopPropagation()}
      onChange={event => player.seek(Number(event.target.value))}
    />
  )
}

export function LoopButton({ player }: { player: Player }) {
  return (
    <Button
      tone="ghost"
      label={texts.loop}
      aria-pressed={player.loops}
      icon={<Repeat size={16} />}
      onClick={player.loop}
    />
  )
}
