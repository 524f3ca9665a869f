/** What a picker of models offers for the words typed and the filter chosen, in its order. No React. */
import type { ModelProvider, TaskModel } from '../../api/schema'
import { partsOf } from './partsOf'

export type Filter = 'all' | 'favorites' | 'local' | 'takesImage'

export interface Wanted {
  query: string
  filter: Filter
  /** The model in use. */
  value: string
  favorites: readonly string[]
  /** The last used for this task. */
  recent: readonly string[]
}

export interface Section {
  state: TaskModel['state']
  models: TaskModel[]
}

const STATES: readonly TaskModel['state'][] = ['ready', 'needsWeights', 'needsKey', 'off']

/** The models that match, by what they lack: those that can be used now come first. */
export function arrange(models: readonly TaskModel[], wanted: Wanted): Section[] {
  const words = wordsOf(wanted.query)
  const found = models.filter(
    model => passes(model, wanted) && words.every(word => has(model, word)),
  )
  return STATES.map(state => ({
    state,
    // Sorting keeps the order of the server among those that are alike.
    models: found
      .filter(model => model.state === state)
      .sort((a, b) => rank(b, words, wanted) - rank(a, words, wanted)),
  })).filter(section => section.models.length > 0)
}

/** The filters that would leave some models and leave out others. */
export function filtersFor(models: readonly TaskModel[], favorites: readonly string[]): Filter[] {
  const shown = (filter: Filter) =>
    models.filter(model => passes(model, { filter, favorites })).length
  return (['all', 'favorites', 'local', 'takesImage'] as const).filter(
    filter =>
      filter === 'all' ||
      filter === 'favorites' ||
      (shown(filter) > 0 && shown(filter) < models.length),
  )
}

/**
 * The ids that typed words may mean where no list has them: as they are, where they begin with a
 * provider, else at each provider that offers this task.
 */
export function freeIds(
  query: string,
  task: string,
  providers: readonly ModelProvider[],
): string[] {
  const typed = query.trim()
  if (!typed || /\s/.test(typed)) return []
  const { provider, name } = partsOf(typed)
  if (name && providers.some(({ id }) => id === provider)) return [typed]
  return providers
    .filter(({ state, tasks }) => state !== 'needsKey' && tasks.includes(task))
    .map(({ id }) => `${id}/${typed}`)
    .slice(0, MOST_FREE)
}

const MOST_FREE = 4

const wordsOf = (query: string) => query.toLowerCase().split(/\s+/).filter(Boolean)

const squeezed = (text: string) => text.toLowerCase().replaceAll(/[\s._-]+/g, '')

function has(model: TaskModel, word: string): boolean {
  const text = [model.name, model.id, model.providerName, model.note].join(' ')
  return text.toLowerCase().includes(word) || squeezed(text).includes(squeezed(word))
}

function passes(model: TaskModel, { filter, favorites }: Pick<Wanted, 'filter' | 'favorites'>) {
  switch (filter) {
    case 'favorites':
      return favorites.includes(model.id)
    case 'local':
      return model.provider === 'local'
    case 'takesImage':
      return model.takes.some(type => type === 'image' || type === 'list<image>')
    default:
      return true
  }
}

/** How near a model is to what was typed; without words what is in use, marked or used last. */
function rank(model: TaskModel, words: readonly string[], wanted: Wanted): number {
  const name = model.name.toLowerCase()
  const typed = words.join(' ')
  const near = !typed ? 0 : name === typed ? 3 : name.startsWith(typed) ? 2 : nameHas(name, words)
  const last = wanted.recent.indexOf(model.id)
  const known =
    (model.id === wanted.value ? 4 : 0) +
    (wanted.favorites.includes(model.id) ? 2 : 0) +
    (last < 0 ? 0 : 1 / (last + 1))
  return near * 10 + known
}

const nameHas = (name: string, words: readonly string[]) =>
  words.every(word => name.includes(word)) ? 1 : 0
