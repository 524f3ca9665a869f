/** What is said of edits and saving. */
import { defineTexts, exact } from '../lib/locale'

export const texts = defineTexts({
  thisMustBeANumber: 'This must be a number.',
  atLeast: (min: number, unit: string) => `At least ${exact(min)}${unit}.`,
  atMost: (max: number, unit: string) => `At most ${exact(max)}${unit}.`,
  anotherUserRemovedWhatTheyChanged: 'another user removed what they changed',
  restoredFromABackup: 'This workflow was restored from a backup. Your version is not in it.',
  undoLabel: (label: string) => `Undo: ${label}`,
  redoLabel: (label: string) => `Redo: ${label}`,
})
