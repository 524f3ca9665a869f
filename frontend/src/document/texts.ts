/** What is said of edits and saving. */
import { amount, defineTexts } from '../lib/locale'

export const texts = defineTexts({
  thisMustBeANumber: 'This must be a number.',
  atLeastMinUnit: (min: number, unit: string) => `At least ${amount(min)}${unit}.`,
  atMostMaxUnit: (max: number, unit: string) => `At most ${amount(max)}${unit}.`,
  anotherUserRemovedWhatTheyChanged: 'another user removed what they changed',
  undoLabel: (label: string) => `Undo: ${label}`,
  redoLabel: (label: string) => `Redo: ${label}`,
})
