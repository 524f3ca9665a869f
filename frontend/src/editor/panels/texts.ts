/** What the panels beside the canvas say. */
import { amount, defineTexts, plural } from '../../lib/locale'

export const texts = defineTexts({
  parked: 'Not taken by this model',
  parkedHelp: 'These values come back with a model that takes them.',
  forget: (name: string) => `Forget ${name}`,
  result: 'Result',
  skippedBecauseSomethingBeforeItFailed: 'Skipped, because something before it failed.',
  downloadResultPlace: (place: number) => `Download result ${amount(place)}`,
  duration: 'Duration',
  cached: 'Cached',
  ran: 'Ran',
  inspector: 'Inspector',
  hideTheInspector: 'Hide the inspector',
  showTheInspector: 'Show the inspector',
  thisServerDoesNotHave: 'This server does not have this node type. The node stays unchanged.',
  connectedSentence: 'Connected.',
  thisIsATemplate: 'This is a template: explore it, and make a copy to change or run it.',
  sharedToView: (owner: string) => `${owner} shares this workflow with you to look at.`,
  sharedToRun: (owner: string) =>
    `${owner} shares this workflow with you. You can run it, not change it.`,
  advanced: (settings: number) => `Advanced (${amount(settings)})`,
  chooseKeys: (keys: number) =>
    plural(keys, { one: 'Choose a key', other: `Choose ${amount(keys)} keys` }),
  yourKeys: 'Your keys',
  timesOncePerItem: (times: number) => `${amount(times)} times, once per item`,
  onError: {
    title: 'When it fails',
    policies: {
      stop: 'Stop the run',
      continue: 'Continue without it',
      fallback: 'Use a fallback value',
    },
    help: {
      stop: '',
      continue: 'A failed item leaves its place empty; what needs the value is skipped.',
      fallback: '',
    },
    retries: 'Retries',
    value: (output: string) => `Fallback for ${output}`,
    change: 'Change what happens when it fails',
  },
  mixed: 'Mixed',
  setOnAll: (value: string) => `Set ${value} on all`,
  heldSince: (when: string) => `Held since ${when}, not run again.`,
  howItRuns: 'How it runs',
})
