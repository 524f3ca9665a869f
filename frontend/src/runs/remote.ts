/** Where a node's work stands on the runner that has it, in words. No React. */
import type { Remote } from './fold'

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinal(place: number): string {
  const teen = place % 100 >= 11 && place % 100 <= 13
  return `${place}${teen ? 'th' : (ENDINGS[place % 10] ?? 'th')}`
}

const ENDINGS: Record<number, string> = { 1: 'st', 2: 'nd', 3: 'rd' }

/** In a word or two, for the head of a card: "queued (3rd)"; empty once it runs. */
export function standing(remote: Remote | null): string {
  switch (remote?.state) {
    case 'uploaded':
      return 'uploaded'
    case 'queued':
      return remote.position === null ? 'queued' : `queued (${ordinal(remote.position + 1)})`
    default:
      return ''
  }
}

/** In a sentence without its subject: "is running on gpu-1". */
export function standingSentence({ state, position, runner }: Remote): string {
  const name = runner || 'the runner'
  switch (state) {
    case 'uploaded':
      return `has its files on ${name}`
    case 'queued':
      return position === null
        ? `waits in the queue of ${name}`
        : `is ${ordinal(position + 1)} in the queue of ${name}`
    case 'running':
      return `is running on ${name}`
    case 'invalid':
      return `was refused by ${name}`
    default:
      return 'waits for a runner'
  }
}

/** The same as a line of its own: "Running on gpu-1". */
export function standingLine(remote: Remote): string {
  const words = standingSentence(remote)
    .replace(/^is (\d)/, '$1')
    .replace(/^is /, '')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
