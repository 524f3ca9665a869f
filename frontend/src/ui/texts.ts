/** What the parts that pages share say. */
import { amount, defineTexts, exact, plural } from '../lib/locale'

export const texts = defineTexts({
  yourWorkflows: 'Your workflows',
  trying: 'Trying …',
  tryAgain: 'Try again',
  couldNotBeLoaded: (what: string) => `${what} could not be loaded.`,

  // shell
  lightTheme: 'Light theme',
  darkTheme: 'Dark theme',
  dismiss: 'Dismiss',
  workflows: 'Workflows',
  templates: 'Templates',
  runs: 'Runs',
  models: 'Models',
  runners: 'Runners',
  settings: 'Settings',
  logOut: 'Log out',
  switchToTheme: { light: 'Use the light theme', dark: 'Use the dark theme' },

  // controls
  close: 'Close',
  removeTheTagTag: (tag: string) => `Remove the tag ${tag}`,
  addATag: 'Add a tag',
  addAnother: 'Add another',
  typeATagThenEnter: 'Type a tag, then Enter',
  inUse: 'In use:',

  // media
  thisFileNoLongerExists: 'This file no longer exists. Run again to recreate it.',
  image: 'Image',
  video: 'Video',
  audio: 'Audio',
  play: (name: string) => `Play ${name}`,
  preparing: (percent: number | null) =>
    percent === null ? 'Preparing' : `Preparing, ${amount(percent)} %`,

  // fields
  thisFile: 'This file',
  replace: 'Replace',
  remove: 'Remove',
  orClickToChoose: 'or click to choose',
  colorExample: 'A color like #1f84f7.',
  notJson: (message: string) => `Not JSON: ${message}`,
  moveItemPlaceUp: (place: number) => `Move item ${amount(place)} up`,
  removeItemPlace: (place: number) => `Remove item ${amount(place)}`,
  noItemsYet: 'No items yet.',
  newEachRun: 'new each run',
  auto: 'auto',
  theLastRunHadDrawn: (drawn: number) => `The last run had ${exact(drawn)}`,
  randomize: 'Randomize',
  randomizeLabel: (label: string) => `Randomize ${label}`,
  pressToFixOne: 'Press to fix one.',
  theLastWasDrawn: (drawn: number) => `The last was ${exact(drawn)}: press to fix it.`,
  aNewNumberForEachRun: (kept: string) => `A new number for each run. ${kept}`,
  aNewNumberForEachRunShort: 'A new number for each run',
  newLabelEachRun: (label: string) => `New ${label} each run`,
  choose: 'Choose…',
  dropHere: {
    image: 'Drop an image here',
    video: 'Drop a video here',
    audio: 'Drop an audio file here',
    file: 'Drop a file here',
  },
  dropOrChoose: {
    image: (label: string) => `${label}: drop an image here or click to choose`,
    video: (label: string) => `${label}: drop a video here or click to choose`,
    audio: (label: string) => `${label}: drop an audio file here or click to choose`,
    file: (label: string) => `${label}: drop a file here or click to choose`,
  },
  isNot: {
    image: (name: string, type: string) => `${name} is not an image: it holds ${type}.`,
    video: (name: string, type: string) => `${name} is not a video: it holds ${type}.`,
    audio: (name: string, type: string) => `${name} is not an audio file: it holds ${type}.`,
  },
  uploadingPercent: (percent: number) => `Uploading ${percent} %`,
  pickAColor: (label: string) => `${label}: pick a color`,
  hexCode: (label: string) => `${label}: hex code`,
  itemOf: (label: string) => `${label} item`,
  addAnItem: 'Add an item',

  // text
  showMore: 'Show more',
  showAll: 'Show all',
  download: 'Download',
  theBrowserDidNotAllowCopying: 'The browser did not allow copying. Select the text and copy it.',
  copied: 'Copied',
  copy: 'Copy',
  charactersShown: (shown: number, all: number) => `${amount(shown)} of ${amount(all)} characters`,

  // credentials
  enterAName: 'Enter a name.',
  nameTheServiceItIsFor: 'Name the service it is for.',
  pasteTheSecret: 'Paste the secret.',
  caps: {
    title: (name: string) => `What ${name} may spend`,
    capPerDay: 'Dollars a day',
    capPerMonth: 'Dollars a month',
    none: 'no cap',
    noAmount: 'Enter an amount such as 5, or nothing for no cap.',
    about:
      'Days and months are of UTC. A call whose provider does not say what it costs counts as what such calls usually cost.',
    spentSoFar: (today: string, month: string) => `${today} today, ${month} this month.`,
    saved: 'Saved.',
    spent: (calls: number, usd: string) =>
      plural(calls, {
        one: `1 call this month, ${usd}`,
        other: `${amount(calls)} calls this month, ${usd}`,
      }),
    notUsed: 'No call this month',
    aDay: (usd: string) => `${usd} a day`,
    aMonth: (usd: string) => `${usd} a month`,
    atMost: (caps: string) => `at most ${caps}`,
    noCap: 'no cap',
  },
  whose: {
    keys: 'Keys this run uses',
    uses: (nodes: string, key: string) => `<b>${nodes}</b> uses your key <key>${key}</key>`,
    needs: (nodes: string, origin: string) =>
      `<b>${nodes}</b> has no key of yours: it needs one for ${origin}`,
    usesPlain: (nodes: string, key: string) => `${nodes} uses your key ${key}`,
    needsPlain: (nodes: string, origin: string) => `${nodes} needs a key of yours for ${origin}`,
    aService: 'its service',
  },

  newCredential: 'New credential',
  name: 'Name',
  provider: 'Provider',
  theService: 'The service it is for, such as fal.',
  secret: 'Secret',
  allowedDomains: 'Allowed domains',
  originsSuchAsHttps:
    'Origins such as https://api.example.com, one on each line; none for fal’s own.',
  storedEncryptedOnThisServer:
    'Stored encrypted on this server. It is never shown, and never written to workflows, runs or logs.',
  cancel: 'Cancel',
  saving: 'Saving…',
  save: 'Save',
  chooseAKey: 'Choose a key…',
  deletedKey: 'Deleted key: choose another',
  yourNewestProviderKey: (provider: string) => `Your newest ${provider} key`,
  none: 'None',
  new: 'New…',
  keysForThisWorkflow: 'Keys for this workflow',
  anotherUserMadeTheseSteps:
    'Another user made these steps. They use a key of yours only if you choose one here, and only for its allowed domains. Only you see your choice.',
  needsYourKey: 'Needs your key',
  inApp: (app: string) => `, in ${app}`,
  keyForNode: (node: string) => `Key for ${node}`,
  noneOfItsStepsAsks: 'None of its steps asks for a key.',
  done: 'Done',
  usesYourKey: (key: string) => `Uses your <key>${key}</key> key`,
  usesYourKeyFor: (key: string, origin: string) => `Uses your <key>${key}</key> key for ${origin}`,
  needsYourKeyFor: (origin: string) => `Needs your key for ${origin}`,
  notForOrigin: (key: string, origin: string) => `${key}, not for ${origin}`,

  items: {
    of: (title: string) => `Items of ${title}`,
    all: (count: number) => `All ${amount(count)}`,
    done: (count: number) => `Done ${amount(count)}`,
    failed: (count: number) => `Failed ${amount(count)}`,
    waiting: (count: number) => `Waiting ${amount(count)}`,
    more: (count: number) => `Show ${amount(count)} more`,
    file: (title: string, place: number) => `${title}, item ${amount(place)}`,
    states: { done: 'done', failed: 'failed', waiting: 'waiting' },
  },

  // forms
  loadingWhat: (what: string) => `Loading ${what}`,
  loadingFailed: (what: string) => `Loading ${what} failed.`,
  withExpected: (message: string, expected: string) => `${message} Expected: ${expected}.`,
})
