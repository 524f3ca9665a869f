/** What the page of models says. */
import { amount, defineTexts, list, plural } from '../lib/locale'

const models = (count: number) =>
  plural(count, { one: `${amount(count)} model`, other: `${amount(count)} models` })

export const texts = defineTexts({
  models: 'Models',
  whatCanRunAModel:
    'Everything that can run a model for your workflows: services with a key of yours, servers of your own, and this server.',

  // providers
  providers: 'Providers',
  theProviders: 'the providers',
  noProviders: 'This installation connects to no provider.',
  connectedKey: (last4: string) => `Connected, key …${last4}`,
  connected: 'Connected',
  needsNoKey: 'Needs no key',
  notConnected: 'Not connected',
  checking: 'Checking …',
  worksWithModels: (count: number) => (count ? `Works, ${models(count)}` : 'Works'),
  connect: 'Connect',
  connectName: (name: string) => `Connect ${name}`,
  test: 'Test',
  testName: (name: string) => `Test ${name}`,
  newKey: 'New key',
  setCaps: 'Set caps',
  capsOf: (name: string, caps: string) => `Caps of ${name}: ${caps}`,
  spentOf: (name: string) => `Spent of the cap of ${name}`,
  lastUsed: (ago: string) => `Last used ${ago}`,
  neverUsed: 'Not used yet',
  usedIn: (workflows: readonly string[], more: number) =>
    more ? `Used in ${list(workflows)} and ${amount(more)} more` : `Used in ${list(workflows)}`,
  disconnect: 'Disconnect',
  moreFor: (name: string) => `More for ${name}`,
  disconnectName: (name: string) => `Disconnect ${name}?`,
  theKeyIsDeleted: (name: string) =>
    `The key for ${name} is deleted here. Nodes that use its models fail until it is connected again.`,
  nameIsDisconnected: (name: string) => `${name} is disconnected.`,
  otherKeys: 'Keys for other services are in <link>Settings</link>.',

  // servers
  servers: 'Servers',
  aboutServers: 'Ollama, LM Studio, llama.cpp, vLLM: whatever speaks as OpenAI does.',
  theServers: 'the servers',
  noServers: 'No server is allowed yet.',
  staffAllowServers: 'Who runs this installation allows servers here. Ask them for one.',
  lookForServers: 'Look on this machine',
  looking: 'Looking …',
  noneFound:
    'There is nothing new on the usual ports of this machine. Start the server, or add it by its URL.',
  foundAt: (url: string) => `Found at ${url}`,
  withModels: models,
  allow: 'Allow',
  allowName: (name: string) => `Allow ${name}`,
  nameIsAllowed: (name: string) => `${name} is allowed.`,
  addServer: 'Add server',
  name: 'Name',
  url: 'URL',
  urlHelp: 'Where this server reaches it, such as http://127.0.0.1:11434/v1.',
  enterAName: 'Enter a name, such as Ollama.',
  enterItsUrl: 'Enter its URL, such as http://127.0.0.1:11434/v1.',
  cancel: 'Cancel',
  adding: 'Adding …',
  removeName: (name: string) => `Remove ${name}`,
  removeNameQuestion: (name: string) => `Remove ${name}?`,
  serverIsRemoved: 'Nodes that use its models fail from then on. The server itself stays as it is.',
  remove: 'Remove',
  nameIsRemoved: (name: string) => `${name} is removed.`,

  // local models
  localModels: 'Local models',
  aboutLocal: 'They run on this server, for nothing, and what they work on stays here.',
  hereOf: (here: string) => `${here} on this server`,
  theLocalModels: 'the local models',
  noLocalModels: 'This installation brings no local models.',
  columns: { model: 'Model', task: 'For', size: 'Size', license: 'License', state: 'State' },
  codeAndWeights: (code: string, weights: string) =>
    code === weights || !code || !weights
      ? code || weights
      : `${weights} (weights), ${code} (code)`,
  source: 'Source',
  sourceOf: (name: string) => `Source of ${name}`,
  ready: 'Ready',
  inTheLibrary: 'Ready, comes with its library',
  staffDownload: 'Not here yet: staff download it',
  download: 'Download',
  downloadName: (name: string) => `Download ${name}`,
  tryAgain: 'Try again',
  percentOf: (percent: number, all: string) => `${amount(percent)} % of ${all}`,
  progressOf: (name: string) => `Download of ${name}`,
  stop: 'Stop',
  stopName: (name: string) => `Stop the download of ${name}`,
  failed: 'The download failed.',
  noLibrary: (library: string) => `Needs the library ${library}`,
  deleteWeights: 'They can be downloaded again at any time. Nodes that use it ask for that first.',
})
