/** What is said of a run. */
import { amount, defineTexts, list, ordinal, plural } from '../lib/locale'

const place = (number: number) =>
  ordinal(number, {
    one: `${number}st`,
    two: `${number}nd`,
    few: `${number}rd`,
    other: `${number}th`,
  })

export const texts = defineTexts({
  theRunCannotBeFollowed: 'The run cannot be followed.',
  yourEditsAreNotSavedYet: 'Your edits are not saved yet, so this run would not see them.',
  show: 'Show',
  nodesAreNotReady: (nodes: number, reason: string) =>
    plural(nodes, {
      one: `1 node is not ready: ${reason}`,
      other: `${amount(nodes)} nodes are not ready: ${reason}`,
    }),
  nodes: (nodes: number) => plural(nodes, { one: '1 node', other: `${amount(nodes)} nodes` }),
  notReady: 'not ready',
  allCached: 'all cached',
  range: (low: string, high: string) => `${low}–${high}`,
  about: (time: string) => `about ${time}`,
  atLeast: (time: string) => `at least ${time}`,
  nodesAreSkipped: (nodes: number) =>
    plural(nodes, {
      one: '1 node will not run',
      other: `${amount(nodes)} nodes will not run`,
    }),

  // events: what follows the name of a node begins small
  theRunIsWaitingToStart: 'The run is waiting to start.',
  theRunIsPausing: 'The run pauses when the nodes that run are done.',
  theRunIsPaused: 'The run is paused.',
  theRunIsPausedLost: 'The run is paused; the server had stopped while nodes were running.',
  theRunWasResumed: 'The run was resumed.',
  ignoredInputs: (names: readonly string[]) =>
    `Ignored inputs, which the workflow does not declare: ${list(names)}.`,
  randomNumbers: (numbers: string) => `Random numbers: ${numbers}.`,
  started: (steps: number) =>
    plural(steps, { one: 'Started: 1 step.', other: `Started: ${amount(steps)} steps.` }),
  startedAttempt: (attempt: number, steps: number) =>
    plural(steps, {
      one: `Started, attempt ${attempt}: 1 step.`,
      other: `Started, attempt ${attempt}: ${amount(steps)} steps.`,
    }),
  isRunning: 'is running',
  percent: (percent: number) => `${percent} %`,
  wasPaid: (model: string, usd: string) => `${usd} paid for ${model}`,
  wasCalled: (model: string) => `${model} was called; it does not say for how much`,
  warningMessage: (message: string) => `Warning: ${message}`,
  doneFromTheCache: 'done, from the cache',
  doneInTime: (time: string) => `done in ${time}`,
  itemsFromTheCache: (items: number) => `done, from the cache, ${amount(items)} items`,
  itemsInTime: (time: string, items: number) => `done in ${time}, ${amount(items)} items`,
  itemsDone: (items: number) =>
    plural(items, { one: '1 more item done', other: `${amount(items)} more items done` }),
  itemsFailed: (items: number) =>
    plural(items, { one: '1 item failed', other: `${amount(items)} items failed` }),
  skipped: 'skipped',
  skippedReason: (reason: string) => `skipped: ${reason}`,
  theRunIsDone: 'The run is done.',
  theRunFailed: 'The run failed.',
  theRunWasCancelled: 'The run was cancelled.',
  isTriedAlone: 'is tried alone, because the server died while it was running',
  isCleared: 'is cleared',

  // remote: in a word, after the name of a node, and as a line of its own
  place,
  uploaded: 'uploaded',
  queued: 'queued',
  queuedPlace: (number: number) => `queued (${place(number)})`,
  theRunner: 'the runner',
  after: {
    uploaded: (runner: string) => `has its files on ${runner}`,
    queued: (runner: string) => `waits in the queue of ${runner}`,
    queuedPlace: (number: number, runner: string) =>
      `is ${place(number)} in the queue of ${runner}`,
    running: (runner: string) => `is running on ${runner}`,
    invalid: (runner: string) => `was refused by ${runner}`,
    waits: 'waits for a runner',
  },
  alone: {
    uploaded: (runner: string) => `Has its files on ${runner}`,
    queued: (runner: string) => `Waits in the queue of ${runner}`,
    queuedPlace: (number: number, runner: string) => `${place(number)} in the queue of ${runner}`,
    running: (runner: string) => `Running on ${runner}`,
    invalid: (runner: string) => `Was refused by ${runner}`,
    waits: 'Waits for a runner',
  },
})
