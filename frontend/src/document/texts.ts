/** What is said of edits and saving. */
import { defineTexts, exact, plural } from '../lib/locale'

const edits = (count: number) => plural(count, { one: '1 edit', other: `${exact(count)} edits` })

export const texts = defineTexts({
  thisMustBeANumber: 'This must be a number.',
  atLeast: (min: number, unit: string) => `At least ${exact(min)}${unit}.`,
  atMost: (max: number, unit: string) => `At most ${exact(max)}${unit}.`,
  anotherUserRemovedWhatTheyChanged: 'another user removed what they changed',
  restoredFromABackup: 'This workflow was restored from a backup. Your version is not in it.',
  savedNow: (count: number, name: string) =>
    `Saved ${edits(count)} of “${name}” from an earlier visit.`,
  notSaved: (count: number, name: string, reason: string) =>
    `Could not save ${edits(count)} of “${name}” from an earlier visit: ${reason}.`,
  undoLabel: (label: string) => `Undo: ${label}`,
  redoLabel: (label: string) => `Redo: ${label}`,
})
