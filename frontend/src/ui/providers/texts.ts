/** What is said of models and of those who run them. */
import { amount, defineTexts, list, plural } from '../../lib/locale'

const models = (count: number) =>
  plural(count, { one: `${amount(count)} model`, other: `${amount(count)} models` })

export const texts = defineTexts({
  // The tasks, as they are counted.
  tasks: {
    chat: 'chat',
    describe: 'describe images',
    image: 'image',
    edit: 'edit images',
    upscale: 'upscale',
    removeBackground: 'remove background',
    video: 'video',
    speak: 'speech',
    transcribe: 'transcribe',
    sound: 'effects and music',
    embed: 'embed text',
    moderate: 'moderate',
    readText: 'read text',
    denoise: 'denoise speech',
    faces: 'find faces',
    any: 'anything else',
  },

  // connecting
  connectProvider: (name: string) => `Connect ${name}`,
  key: 'Key',
  whereDoIFindIt: 'Where do I find it?',
  keyStartsWith: (hint: string) => `Begins with ${hint}`,
  showTheKey: 'Show the key',
  hideTheKey: 'Hide the key',
  storedEncrypted:
    'Kept encrypted on this server. It is never shown again, and not written into workflows, runs or logs.',
  sentTo: (origin: string) => `Sent to ${origin} alone.`,
  replacesKey: (last4: string) =>
    `A new key is used from the next run on, instead of the one that ends in ${last4}.`,
  whatItMaySpend: 'What it may spend',
  test: 'Test',
  testAgain: 'Test again',
  testing: (name: string) => `Testing ${name} …`,
  works: 'The key works',
  worksWithModels: (count: number) => `Works, ${models(count)}`,
  theKeyWasRefused: 'This key was refused',
  couldNotBeTested: 'The key could not be tested',
  saveItAnyway: 'It can be saved and tested later.',
  aTestCostsNothing: 'A test costs nothing.',
  pasteAKeyFirst: 'Paste a key first.',
  cancel: 'Cancel',
  connect: 'Connect',
  connecting: 'Connecting …',
  saveAnyway: 'Save anyway',
  nameIsConnected: (name: string) => `${name} is connected.`,
  theProviders: 'the providers',
  noSuchProvider: (id: string) => `Nothing here is called “${id}”.`,
  providersAndModels: 'Providers and models',

  // weights
  fetchSize: (size: string) => `Fetch ${size}`,
  fetchingPercent: (percent: number, all: string) => `${amount(percent)} % of ${all}`,
  countsOfTasks: (parts: readonly string[]) => list(parts),
})
