/** How ComfyUI marks nodes that do not run. */
import { texts } from './texts'
export const MUTED = 2
export const BYPASSED = 4

/** In a word; empty for a node that runs. */
export function modeWord(mode: number): string {
  return mode === MUTED ? texts.muted : mode === BYPASSED ? texts.bypassed : ''
}
