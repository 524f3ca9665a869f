/** What the results of a node say. */
import { amount, defineTexts, plural } from '../../lib/locale'

export const texts = defineTexts({
  results: 'All results',
  loading: 'Loading results …',
  none: 'No results yet. Run the node to make one.',
  use: 'Use this result: pins it',
  letRun: 'Pinned. Press to let the node run again',
  open: 'Open',
  place: (number: number, run: string) => `Result ${amount(number)}, run ${run.slice(0, 8)}`,
  several: (count: number) => `×${amount(count)}`,
  more: 'More',
  older: 'Older result',
  newer: 'Newer result',
  of: (place: number, count: number, more: boolean) =>
    more
      ? `${amount(place)} of the newest ${amount(count)}`
      : `${amount(place)} of ${amount(count)}`,
  count: (count: number, more: boolean) =>
    more
      ? `${amount(count)} newest`
      : plural(count, { one: '1 result', other: `${amount(count)} results` }),
  compare: 'Open',
  remove: 'Delete result (Del)',
  removed: 'Result deleted from this node. Its run and its files stay.',
  undo: 'Undo',
  variations: 'Variations',
})
