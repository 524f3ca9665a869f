/** What the badge of the draft says, and the menu of the last steps. */
import { amount, defineTexts, plural } from '../../lib/locale'

export const texts = defineTexts({
  lastSteps: 'Last steps: undo down to one of them',
  aStep: 'A change',
  newerVersion: 'Newer version of the template',
  nameInVersion: (name: string, number: number) => `“${name}”, v${amount(number)}`,
  compare: 'Compare',
  dismiss: 'Dismiss',
  taken: (leftOut: number) =>
    leftOut
      ? plural(leftOut, {
          one: 'The newer version is taken over, but for 1 change where yours stays.',
          other: `The newer version is taken over, but for ${amount(leftOut)} changes where yours stay.`,
        })
      : 'The newer version is taken over. Undo takes it back.',
  draft: 'Draft',
  draftRuns: 'Nothing is published: API keys and visitors run this draft. Open the history',
  versionRuns: (live: number) =>
    `v${amount(live)} is published: API keys and visitors run it. Open the history`,
  stepsSince: (steps: number, live: number) =>
    steps
      ? plural(steps, {
          one: `1 change since v${amount(live)}`,
          other: `${amount(steps)} changes since v${amount(live)}`,
        })
      : `equals v${amount(live)}`,
})
