/** What the picker of models says. */
import { amount, defineTexts, list, plural } from '../../lib/locale'

export const texts = defineTexts({
  chooseAModel: 'Choose a model',
  search: (count: number) =>
    plural(count, {
      one: `Search ${amount(count)} model`,
      other: `Search ${amount(count)} models`,
    }),
  models: 'Models',
  filters: { all: 'All', favorites: 'Favorites', local: 'Local', takesImage: 'Takes an image' },
  filterLabel: 'Which models',
  sections: {
    ready: 'Ready',
    needsWeights: 'Needs a download',
    needsKey: 'Needs a key',
    off: 'Not available',
  },
  inUse: 'in use',
  download: (size: string) => `download ${size}`,
  usedLast: 'used last',
  connect: (provider: string) => `connect ${provider}`,
  priceThen: (price: string) => `then ${price}`,
  free: 'free',
  credits: (credits: number, per: 'call' | 'image' | 'second') =>
    `${plural(credits, { one: '1 credit', other: `${amount(credits)} credits` })}${
      { call: '', image: ' an image', second: ' a second' }[per]
    }`,
  local: 'this server',

  takes: 'Takes',
  gives: 'Gives',
  price: 'Price',
  size: 'Size',
  license: 'License',
  listOf: (type: string) => `several: ${type}`,
  staysHere: 'Runs on this server: nothing leaves it.',
  goesTo: (provider: string) => `Sends what it takes to ${provider}.`,
  requestedAgain:
    'If this server restarts during a call, the call is repeated and may be charged twice.',
  useThisModel: 'Use this model',
  useInUse: 'Keep it',
  connectProvider: (provider: string) => `Connect ${provider}`,
  addFavorite: 'Add to favorites',
  removeFavorite: 'Remove from favorites',
  fetching: (percent: number) => `Downloading, ${amount(percent)} %`,
  fetch: (size: string) => `Download ${size}`,
  fetchAgain: 'Download again',
  stop: 'Stop',
  useAnyway: 'Use it all the same',

  loading: 'Loading the models …',
  nothingFor: (query: string) => `No model for “${query}”.`,
  nothingHere: 'No model here yet.',
  noFavorites: 'No favorites yet. The star in front of a model, or F, marks one.',
  clearFilters: 'Show all models',
  typed: (id: string) => `Use ${id}`,
  typedHelp: 'As it is typed: the provider says whether it has it.',
  connectToSeeMore: 'Connect a provider for more',
  problem: (provider: string, message: string) => `${provider}: ${message}`,
  tryAgain: 'Try again',
  close: 'Close',

  keys: {
    move: 'move',
    use: 'use',
    favorite: 'favorite',
    favoriteKey: 'F',
    close: 'close',
  },
  providersAndModels: 'Providers and models',
  series: (parts: readonly string[]) => list(parts),
})
