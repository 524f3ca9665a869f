/** The state of a node's work on the runner that has it, in words. No React. */
import type { Remote } from './fold'
import { texts } from './texts'

/** In a word or two, for the head of a card: "queued (3rd)"; empty once it runs. */
export function remoteState(remote: Remote | null): string {
  switch (remote?.state) {
    case 'uploaded':
      return texts.uploaded
    case 'queued':
      return remote.position === null ? texts.queued : texts.queuedPlace(remote.position + 1)
    default:
      return ''
  }
}

/** In a sentence without its subject: "is running on gpu-1". */
export const remoteSentence = (remote: Remote): string => said(texts.after, remote)

/** The same as a line of its own: "Running on gpu-1". */
export const remoteLine = (remote: Remote): string => said(texts.alone, remote)

function said(words: typeof texts.after, { state, position, runner }: Remote): string {
  const name = runner || texts.theRunner
  switch (state) {
    case 'queued':
      return position === null ? words.queued(name) : words.queuedPlace(position + 1, name)
    case 'uploaded':
    case 'running':
    case 'invalid':
      return words[state](name)
    default:
      return words.waits
  }
}
