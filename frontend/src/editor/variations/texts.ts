/** What the panel of variations says. */
import { amount, defineTexts, plural } from '../../lib/locale'

export const texts = defineTexts({
  title: (node: string) => `Variations of ${node}`,
  across: 'Across',
  down: 'Down',
  nothing: 'Nothing',
  values: (field: string) => `Values of ${field}`,
  valuesHelp: 'Values with commas between them',
  draw: 'Draw other seeds',
  noField: 'This node has no field whose values could vary. Connected fields do not vary.',
  count: (count: number) =>
    plural(count, { one: '1 variation', other: `${amount(count)} variations` }),
  tooMany: (count: number, most: number) =>
    `${amount(count)} variations are too many: ${amount(most)} at most.`,
  planning: 'Working out the cost …',
  free: 'free',
  credits: (credits: number) => `${amount(credits)} credits`,
  run: (count: number) => `Run ${amount(count)}`,
  cancelAll: 'Cancel all',
  grid: 'Variations',
  cell: (label: string) => `Variation ${label}`,
  pair: (field: string, value: string) => `${field} ${value}`,
  waiting: 'waiting',
  running: 'running',
  failed: 'failed',
  notRun: 'not run',
  use: 'Use this',
  pin: 'Pin',
  pinned: 'Pinned',
  open: 'Open',
  keys: 'Arrows move, Enter uses, P pins, Space opens.',
  used: (values: string) => `Set ${values}.`,
  changeValues: 'Use variation',
  empty: 'Choose values, then run: each combination becomes one cell.',
})
