/** What the form of a workflow says. */
import { defineTexts } from '../../lib/locale'

export const texts = defineTexts({
  thisNeedsAValue: 'This needs a value.',
  thisNeedsAFile: 'This needs a file.',
  chooseOneOfThese: 'Choose one of these.',
  thisNeedsAColor: 'This needs a color.',
  needsValue: 'This needs a value',
  theUrlOfAFile: 'The URL of a file.',
  leftEmptyTheWorkflowsDefaultFile: 'Left empty, the workflow’s default file is used.',
  leftEmptyItIsSlice: (slice: string) => `Left empty, it is ${slice}.`,
  advanced: 'Advanced',
})
